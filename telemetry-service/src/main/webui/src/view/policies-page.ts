import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import type { PolicyList, PolicySummary, RuleHits } from '../bus/messages.js';
import { format } from '../state/address.js';
import { Question } from '../state/question.js';
import { route } from '../state/route.js';
import { Watch } from '../state/store.js';
import { ago, count } from '../ui/format.js';
import { refusalNote } from '../ui/refusal-note.js';
import { styles } from '../ui/styles.js';
import './policy-detail.js';

const PERIOD = 2_000;

interface Hits {
  packets: number;
  last: string | undefined;
}

/** Every policy with its mode, versions and hits; one of them in detail. */
class PoliciesPage extends LitElement {
  static override properties = { bus: { attribute: false } };
  static override styles = [
    styles,
    css`
      tr[aria-current] {
        background: var(--raised);
      }
      .button {
        border: 1px solid var(--line);
        border-radius: 6px;
        padding: 0.32rem 0.7rem;
        text-decoration: none;
        background: var(--surface);
      }
    `,
  ];
  declare bus: Bus;
  readonly #route = new Watch(this, route);
  readonly #list = new Question<PolicyList>(this, () => this.bus, 'segmentation.api.policy.list', () => ({}), PERIOD);
  readonly #hits = new Question<RuleHits>(this, () => this.bus, 'segmentation.api.telemetry.rules', () => ({}), PERIOD);

  protected override render(): TemplateResult {
    const chosen = this.#route.value.policy;
    return html`
      <div class="bar">
        <h1>Policies</h1>
        <a class="button" href=${format({ ...this.#route.value, page: 'editor', policy: '' })}>New policy</a>
      </div>
      ${refusalNote(this.#list.refusal)} ${this.#table(chosen)}
      ${chosen === '' ? nothing : html`<seg-policy .bus=${this.bus} .policy=${chosen} .hits=${this.#hits.answer}></seg-policy>`}
    `;
  }

  #table(chosen: string): TemplateResult | typeof nothing {
    const policies = this.#list.answer?.policies;
    if (policies === undefined) {
      return nothing;
    }
    if (policies.length === 0) {
      return html`<p class="card empty">
        There is no policy, so nothing is refused. <span class="mono">segctl policy apply -f examples/web-db.json</span> publishes one.
      </p>`;
    }
    return html`<div class="card" tabindex="0" role="region" aria-label="Policies">
      <table data-testid="policies">
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col">What for</th>
            <th scope="col">Mode</th>
            <th scope="col" class="number">Version</th>
            <th scope="col">Rollout</th>
            <th scope="col" class="number">Priority</th>
            <th scope="col" class="number">Rules</th>
            <th scope="col" class="number">Hits</th>
            <th scope="col">Last hit</th>
            <th scope="col">Stored</th>
            <th scope="col">Look at</th>
          </tr>
        </thead>
        <tbody>
          ${policies.map((policy) => this.#row(policy, policy.policy_id === chosen))}
        </tbody>
      </table>
    </div>`;
  }

  #row(policy: PolicySummary, isChosen: boolean): TemplateResult {
    const here = this.#route.value;
    const hits = this.#hitsOf(policy.policy_id);
    return html`<tr aria-current=${isChosen ? 'true' : nothing}>
      <th scope="row"><a class="mono" href=${format({ ...here, policy: policy.policy_id })}>${policy.policy_id}</a></th>
      <td class="wrap">${policy.name}</td>
      <td>${mode(policy)}</td>
      <td class="number">v${policy.version}</td>
      <td>${policy.rollout === undefined ? '–' : `v${policy.rollout.version} ${policy.rollout.state}`}</td>
      <td class="number">${policy.priority}</td>
      <td class="number">${policy.rules}</td>
      <td class="number">${hits === undefined ? '–' : count(hits.packets)}</td>
      <td>${hits?.last === undefined ? '–' : ago(hits.last)}</td>
      <td>${ago(policy.stored_at)}</td>
      <td>
        <a href=${format({ ...here, page: 'flows', filter: `policy:${policy.policy_id}` })} aria-label="Flows of ${policy.policy_id}">flows</a>
        · <a href=${format({ ...here, page: 'editor', policy: policy.policy_id })} aria-label="Edit ${policy.policy_id}">edit</a>
      </td>
    </tr>`;
  }

  #hitsOf(policy: string): Hits | undefined {
    const rules = this.#hits.answer?.rules.filter((rule) => rule.policy_id === policy);
    return rules === undefined || rules.length === 0
      ? undefined
      : {
          packets: rules.reduce((sum, rule) => sum + rule.packets, 0),
          last: rules.map((rule) => rule.last_hit).reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b)),
        };
  }
}

function mode(policy: PolicySummary): TemplateResult {
  if (!policy.enabled) {
    return html`<span class="muted">○ disabled</span>`;
  }
  return policy.mode === 'enforce'
    ? html`<span class="badge">● enforce</span>`
    : html`<span class="badge audited">◐ audit</span>`;
}

customElements.define('seg-policies-page', PoliciesPage);
