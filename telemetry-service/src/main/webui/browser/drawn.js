/** Runs in the page: the lines that the map's library drew, as it styled them. */
globalThis.drawn = () => {
  const map = document.querySelector('seg-app')?.shadowRoot?.querySelector('seg-map-page')?.shadowRoot;
  const canvas = map?.querySelector('seg-graph')?.shadowRoot?.querySelector('[data-testid=canvas]');
  const edges = canvas?._cyreg?.cy.edges() ?? [];
  return edges.map((edge) => ({
    verdict: edge.data('verdict'),
    label: edge.data('label'),
    colour: edge.style('line-color'),
    style: edge.style('line-style'),
  }));
};
