import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import type { HostRow, HostStates, Rollout } from '../bus/messages.js';
import { Question } from '../state/question.js';
import { ago, count } from '../ui/format.js';
import { refusalNote } from '../ui/refusal-note.js';
import { styles } from '../ui/styles.js';
import './rollout-detail.js';

const PERIOD = 2_000;

/** What each host should enforce, and does; and how staged versions fare. */
class HostsPage extends LitElement {
  static override properties = { bus: { attribute: false } };
  static override styles = styles;
  declare bus: Bus;
  readonly #hosts = this.#question<{ hosts: HostRow[] }>('segmentation.api.policy.hosts');
  readonly #states = this.#question<HostStates>('segmentation.api.telemetry.hosts');
  readonly #rollouts = this.#question<{ rollouts: Rollout[] }>('segmentation.api.policy.rollouts');

  #question<T>(subject: string): Question<T> {
    return new Question<T>(this, () => this.bus, subject, () => ({}), PERIOD);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="bar"><h1>Hosts &amp; rollouts</h1></div>
      ${refusalNote(this.#hosts.refusal)} ${this.#hostTable()}
      <h2>Rollouts</h2>
      ${refusalNote(this.#rollouts.refusal)} ${this.#rolloutList()}
    `;
  }

  #hostTable(): TemplateResult | typeof nothing {
    const hosts = this.#hosts.answer?.hosts;
    if (hosts === undefined) {
      return nothing;
    }
    if (hosts.length === 0) {
      return html`<p class="card empty">No host has reported yet. Start an agent: it reports by itself.</p>`;
    }
    const states = new Map(this.#states.answer?.hosts.map((state) => [state.host_id, state]));
    return html`<div class="card" tabindex="0" role="region" aria-label="Hosts">
      <table data-testid="hosts">
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Labels</th>
            <th scope="col">State</th>
            <th scope="col" class="number">Revision</th>
            <th scope="col" class="number">Desired</th>
            <th scope="col" class="number">Allowed</th>
            <th scope="col" class="number">Dropped</th>
            <th scope="col" class="number">Events lost</th>
            <th scope="col">Last report</th>
          </tr>
        </thead>
        <tbody>
          ${hosts.map((host) => {
            const state = states.get(host.host_id);
            return html`<tr>
              <th scope="row" class="mono">${host.host_id}</th>
              <td>${Object.entries(host.labels).map(([key, value]) => html`<span class="tag">${key}=${value}</span>`)}</td>
              <td>${standing(host, state)}</td>
              <td class="number">${state?.revision ?? '–'}</td>
              <td class="number">${host.desired_revision}</td>
              <td class="number">${state === undefined ? '–' : count(state.packets_allowed)}</td>
              <td class="number">${state === undefined ? '–' : count(state.packets_dropped)}</td>
              <td class="number">${state === undefined ? '–' : count(state.events_lost)}</td>
              <td>${ago(state?.last_report ?? host.last_report)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  #rolloutList(): TemplateResult | typeof nothing {
    const rollouts = this.#rollouts.answer?.rollouts;
    if (rollouts === undefined) {
      return nothing;
    }
    return rollouts.length === 0
      ? html`<p class="card empty">No version was staged. <span class="mono">segctl policy apply --canary 10%</span> stages one.</p>`
      : html`${rollouts.map(
          (rollout) => html`<seg-rollout .bus=${this.bus} .policy=${rollout.policy_id}></seg-rollout>`,
        )}`;
  }
}

function standing(host: HostRow, state: HostStates['hosts'][number] | undefined): TemplateResult {
  if (state === undefined) {
    return html`<span class="muted">no counters yet</span>`;
  }
  if (state.stale) {
    return html`<span class="badge dropped">✖ silent</span>`;
  }
  return state.revision < host.desired_revision
    ? html`<span class="badge audited">◐ behind</span>`
    : html`<span class="badge allowed">✔ up to date</span>`;
}

customElements.define('seg-hosts-page', HostsPage);
