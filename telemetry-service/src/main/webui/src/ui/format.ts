const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 1, notation: 'compact' });

/** 1234 → 1.2K */
export function count(value: number): string {
  return COUNT.format(value);
}

/** The time of day of an instant, in the reader's zone. */
export function clock(instant: string): string {
  return new Date(instant).toLocaleTimeString('en-GB');
}

/** Date and time of an instant, in the reader's zone. */
export function moment(instant: string): string {
  return new Date(instant).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** How long ago an instant was, e.g. "8 s ago". */
export function ago(instant: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
  if (seconds < 60) {
    return `${seconds} s ago`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

/** policy@v1/rule, as segctl writes it. */
export function decider(of: { policy_id?: string; policy_version?: number; rule_id?: string }): string {
  return of.policy_id === undefined ? 'no policy' : `${of.policy_id}@v${of.policy_version}/${of.rule_id}`;
}
