import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Plan, PlanRow } from '../bus/messages.js';
import { ago, count, decider, moment } from '../ui/format.js';
import { styles } from '../ui/styles.js';

/** What a candidate would have done to recorded connections, and what that rests on. */
class PlanView extends LitElement {
  static override properties = { plan: { attribute: false } };
  static override styles = styles;
  declare plan: Plan;

  protected override render(): TemplateResult {
    const { newly_blocked: blocked, newly_allowed: allowed, newly_audited: audited, unchanged } = this.plan;
    return html`
      <h2>Plan</h2>
      <div data-testid="plan">
        ${this.#evidence()} ${part('Newly blocked', '✖', 'dropped', blocked)} ${part('Newly allowed', '✔', 'allowed', allowed)}
        ${part('Newly audited', '◐', 'audited', audited)}
        <p>= ${count(unchanged.distinct)} flows are judged as before.</p>
      </div>
    `;
  }

  #evidence(): TemplateResult {
    const { evidence } = this.plan;
    const begin = evidence.recorded_from ?? evidence.from;
    return html`<p class="muted">
      Replayed ${count(evidence.flows.distinct)} distinct flows (${count(evidence.flows.connections)} connections) that
      ${evidence.hosts_heard} of ${evidence.hosts_known} hosts recorded since ${moment(begin)}.
      ${evidence.silent_hosts.length === 0 ? '' : `Nothing is known of ${evidence.silent_hosts.join(', ')}.`}
      ${evidence.unjudged.map((each) => `${count(each.total.distinct)} flows cannot be judged: ${each.reason}.`).join(' ')}
    </p>`;
  }
}

function part(
  title: string,
  glyph: string,
  look: string,
  { total, rows }: { total: { distinct: number }; rows: PlanRow[] },
): TemplateResult {
  return html`<p class=${total.distinct === 0 ? 'muted' : `badge ${look}`}>${glyph} ${title}: ${count(total.distinct)}</p>
    ${rows.length === 0
      ? nothing
      : html`<div class="card" tabindex="0" role="region" aria-label=${title}>
          <table>
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">Destination</th>
                <th scope="col">Port</th>
                <th scope="col" class="number">Count</th>
                <th scope="col">Last</th>
                <th scope="col">Decided now</th>
                <th scope="col">Decided then</th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                (row) => html`<tr>
                  <td>${row.source_name ?? row.source_ip}</td>
                  <td>${row.dest_name ?? row.dest_ip}</td>
                  <td>${row.protocol}${row.dest_port === undefined ? '' : `/${row.dest_port}`}</td>
                  <td class="number">${count(row.count)}</td>
                  <td>${ago(row.last)}</td>
                  <td class="mono">${decider(row.now)}</td>
                  <td class="mono">${decider(row.then)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>`}`;
}

customElements.define('seg-plan', PlanView);
