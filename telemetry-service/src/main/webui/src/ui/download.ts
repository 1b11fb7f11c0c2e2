/** Gives the reader a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Not at once: the browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A name for a file of what is shown now, e.g. flows-20260302T091542Z.csv. */
export function fileName(what: string, extension: string, now = new Date()): string {
  return `${what}-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.${extension}`;
}
