import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import type { Rollout, RolloutState } from '../bus/messages.js';
import { Question } from '../state/question.js';
import { ago, count } from '../ui/format.js';
import { refusalNote } from '../ui/refusal-note.js';
import { styles } from '../ui/styles.js';

const SIGNS: Record<RolloutState, { glyph: string; look: string }> = {
  running: { glyph: '▶', look: '' },
  paused: { glyph: '‖', look: 'audited' },
  promoted: { glyph: '✔', look: 'allowed' },
  aborted: { glyph: '✖', look: 'dropped' },
};

/** A staged version: its state, and each host's part in it. */
class RolloutDetail extends LitElement {
  static override properties = { bus: { attribute: false }, policy: { attribute: false } };
  static override styles = styles;
  declare bus: Bus;
  declare policy: string;
  readonly #rollout = new Question<Rollout>(
    this,
    () => this.bus,
    'segmentation.api.policy.rollout',
    () => ({ policy_id: this.policy }),
    2_000,
  );

  protected override render(): TemplateResult | typeof nothing {
    const rollout = this.#rollout.answer;
    if (rollout === undefined) {
      return html`${refusalNote(this.#rollout.refusal)}`;
    }
    const { glyph, look } = SIGNS[rollout.state];
    return html`
      <div class="card" tabindex="0" role="region" aria-label="Rollout of ${rollout.policy_id}" data-testid="rollout">
        <table>
          <caption>
            <strong class="mono">${rollout.policy_id}</strong> v${rollout.base_version} → v${rollout.version}
            <span class="badge ${look}">${glyph} ${rollout.state}</span> ${ago(rollout.since)}: ${rollout.acknowledged} of
            ${rollout.canary_hosts} canaries acknowledged, ${rollout.hosts_total} hosts in
            all${rollout.reason === undefined ? '' : html`. ${rollout.reason}`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Host</th>
              <th scope="col">Part</th>
              <th scope="col" class="number">Desired</th>
              <th scope="col" class="number">Loaded</th>
              <th scope="col">Acknowledged</th>
              <th scope="col" class="number">Drops</th>
              <th scope="col">Health</th>
            </tr>
          </thead>
          <tbody>
            ${rollout.hosts.map(
              (host) => html`<tr>
                <th scope="row" class="mono">${host.host_id}</th>
                <td>${host.canary ? 'canary' : 'later'}</td>
                <td class="number">${host.desired_version === undefined ? '–' : `v${host.desired_version}`}</td>
                <td class="number">${host.loaded_version === undefined ? '–' : `v${host.loaded_version}`}</td>
                <td>${host.acknowledged_at === undefined ? '–' : ago(host.acknowledged_at)}</td>
                <td class="number">${count(host.drops)}</td>
                <td class="wrap">${host.health ?? '–'} <span class="muted">${host.note ?? ''}</span></td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    `;
  }
}

customElements.define('seg-rollout', RolloutDetail);
