import { css } from 'lit';

/** What all pages have in common. */
export const styles = css`
  :host {
    display: block;
  }
  h1 {
    font-size: 1.35rem;
    margin: 0;
    font-weight: 650;
  }
  h2 {
    font-size: 1.05rem;
    margin: 1.5rem 0 0.5rem;
    font-weight: 600;
  }
  p {
    margin: 0.25rem 0;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    align-items: end;
    margin-bottom: 1rem;
  }
  .bar h1 {
    margin-right: auto;
  }
  .card {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow: auto;
  }
  .pad {
    padding: 1rem;
  }
  .muted {
    color: var(--muted);
  }
  .mono {
    font-family: var(--mono);
    font-size: 0.87em;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-variant-numeric: tabular-nums;
  }
  caption {
    text-align: left;
    padding: 0.6rem 0.8rem;
    color: var(--muted);
  }
  th,
  td {
    text-align: left;
    padding: 0.42rem 0.8rem;
    border-bottom: 1px solid var(--line);
    vertical-align: baseline;
    white-space: nowrap;
  }
  th {
    font-weight: 600;
    color: var(--muted);
    font-size: 0.85rem;
  }
  tbody tr:last-child td,
  tbody tr:last-child th {
    border-bottom: 0;
  }
  tbody tr:not(.gap):hover {
    background: var(--raised);
  }
  .number {
    text-align: right;
  }
  .wrap {
    white-space: normal;
    min-width: 9rem;
  }
  button,
  select,
  input {
    font: inherit;
    color: var(--text);
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 6px;
    padding: 0.32rem 0.7rem;
  }
  button {
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--raised);
  }
  button:disabled {
    cursor: not-allowed;
    color: var(--muted);
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover:not(:disabled) {
    background: var(--accent);
    filter: brightness(1.08);
  }
  button.primary:disabled {
    background: var(--raised);
    border-color: var(--line);
    color: var(--muted);
  }
  label {
    display: grid;
    gap: 0.15rem;
    font-size: 0.85rem;
    color: var(--muted);
  }
  a {
    color: var(--accent);
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .badge {
    font-weight: 600;
    white-space: nowrap;
  }
  .allowed {
    color: var(--allowed);
  }
  .dropped {
    color: var(--dropped);
  }
  .audited {
    color: var(--audited);
  }
  .tag {
    border: 1px solid var(--line);
    border-radius: 99px;
    padding: 0 0.5rem;
    font-size: 0.85em;
    margin-right: 0.25rem;
  }
  .refusal {
    border-left: 4px solid var(--dropped);
    padding: 0.6rem 0.9rem;
    background: var(--surface);
    margin: 0.75rem 0;
  }
  .empty {
    padding: 2rem 1rem;
    text-align: center;
    color: var(--muted);
  }
`;
