/** Runs in the page: the lines that the map's library drew, as it styled them, and where their middles are on the page. */
globalThis.drawn = () => {
  const map = document.querySelector('seg-app')?.shadowRoot?.querySelector('seg-map-page')?.shadowRoot;
  const canvas = map?.querySelector('seg-graph')?.shadowRoot?.querySelector('[data-testid=canvas]');
  const edges = canvas?._cyreg?.cy.edges() ?? [];
  return edges.map((edge) => {
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = edge.renderedMidpoint();
    return {
      source: edge.source().data('name'),
      target: edge.target().data('name'),
      verdict: edge.data('verdict'),
      label: edge.data('label'),
      colour: edge.style('line-color'),
      style: edge.style('line-style'),
      x: left + x,
      y: top + y,
    };
  });
};
