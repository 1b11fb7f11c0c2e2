/** What of a map is drawn where; colours as CSS has them. */
export interface Drawing {
  nodes: readonly { x: number; y: number; name: string }[];
  edges: readonly { from: Point; to: Point; label: string; colour: string; style: string }[];
  colours: { text: string; surface: string; node: string; border: string };
}

interface Point {
  x: number;
  y: number;
}

const MARGIN = 90;
const RADIUS = 17;
const DASHES: Record<string, string> = { dashed: '6 4', dotted: '2 3' };

/** The map as a picture that scales. */
export function svgOf({ nodes, edges, colours }: Drawing): string {
  const xs = nodes.map(({ x }) => x);
  const ys = nodes.map(({ y }) => y);
  const left = Math.min(0, ...xs) - MARGIN;
  const top = Math.min(0, ...ys) - MARGIN;
  const width = Math.max(0, ...xs) + MARGIN - left;
  const height = Math.max(0, ...ys) + MARGIN - top;
  const tints = [...new Set(edges.map(({ colour }) => colour))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" fill="${colours.text}" text-anchor="middle">`,
    '<defs>',
    ...tints.map(
      (tint, index) =>
        `<marker id="arrow${index}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="${tint}"/></marker>`,
    ),
    '</defs>',
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colours.surface}"/>`,
    ...edges.map(({ from, to, label, colour, style }) => {
      const dashes = DASHES[style];
      const line = `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="${colour}" stroke-width="2"${dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`} marker-end="url(#arrow${tints.indexOf(colour)})"/>`;
      return `${line}<text x="${(from.x + to.x) / 2}" y="${(from.y + to.y) / 2 - 4}" font-size="11">${escaped(label)}</text>`;
    }),
    ...nodes.map(
      ({ x, y, name }) =>
        `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${colours.node}" stroke="${colours.border}"/><text x="${x}" y="${y + RADIUS + 15}" font-size="13">${escaped(name)}</text>`,
    ),
    '</svg>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
