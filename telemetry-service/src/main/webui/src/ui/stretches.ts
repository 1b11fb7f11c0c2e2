/** Rows from one index up to, and without, another: drawn, or left out with a gap as high as they would be. */
export interface Stretch {
  from: number;
  to: number;
  isDrawn: boolean;
}

/** Of so many rows those from one index to another are drawn, and the one that is kept, wherever it is. */
export function stretches(count: number, from: number, to: number, kept: number): Stretch[] {
  const drawn = [{ from: Math.min(from, count), to: Math.min(to, count) }];
  if (kept >= 0 && kept < count && (kept < from || kept >= to)) {
    drawn.push({ from: kept, to: kept + 1 });
  }
  const all: Stretch[] = [];
  let at = 0;
  for (const each of drawn.sort((a, b) => a.from - b.from)) {
    all.push({ from: at, to: each.from, isDrawn: false }, { ...each, isDrawn: true });
    at = each.to;
  }
  all.push({ from: at, to: count, isDrawn: false });
  return all.filter((each) => each.from < each.to);
}
