import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import type { PolicyVersion, RuleHits, StoredPolicy } from '../bus/messages.js';
import { Question } from '../state/question.js';
import { ago, count, moment } from '../ui/format.js';
import { refusalNote } from '../ui/refusal-note.js';
import { styles } from '../ui/styles.js';

/** One policy: its document, its rules' hits, its versions. */
class PolicyDetail extends LitElement {
  static override properties = { bus: { attribute: false }, policy: { attribute: false }, hits: { attribute: false } };
  static override styles = [
    styles,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr));
        gap: 1rem;
        align-items: start;
      }
      pre {
        margin: 0;
        padding: 1rem;
        max-height: 32rem;
        overflow: auto;
        font: 0.85rem/1.45 var(--mono);
      }
    `,
  ];
  declare bus: Bus;
  declare policy: string;
  declare hits: RuleHits | undefined;
  readonly #stored = new Question<StoredPolicy>(this, () => this.bus, 'segmentation.api.policy.get', () => this.#body());
  readonly #history = new Question<{ versions: PolicyVersion[] }>(
    this,
    () => this.bus,
    'segmentation.api.policy.history',
    () => this.#body(),
    2_000,
  );

  #body(): object {
    return { policy_id: this.policy };
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('policy') && changed.get('policy') !== undefined) {
      void this.#stored.ask();
      void this.#history.ask();
    }
  }

  protected override render(): TemplateResult {
    const document = this.#stored.answer?.document;
    const rules = this.hits?.rules.filter((rule) => rule.policy_id === this.policy) ?? [];
    const versions = this.#history.answer?.versions ?? [];
    return html`
      <h2>${this.policy}</h2>
      ${refusalNote(this.#stored.refusal)}
      <div class="columns">
        <div class="card" data-testid="document">
          ${document === undefined ? nothing : html`<pre tabindex="0" aria-label="Document">${JSON.stringify(document, null, 2)}</pre>`}
        </div>
        <div class="card" tabindex="0" role="region" aria-label="Versions">
          <table data-testid="history">
            <caption>Versions, the latest first</caption>
            <thead>
              <tr>
                <th scope="col" class="number">Version</th>
                <th scope="col">Action</th>
                <th scope="col">Rollout</th>
                <th scope="col">Stored</th>
              </tr>
            </thead>
            <tbody>
              ${versions.map(
                (version) => html`<tr>
                  <th scope="row" class="number">v${version.version}</th>
                  <td>${version.action}</td>
                  <td>${version.rollout ?? '–'}</td>
                  <td>${moment(version.stored_at)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
        ${rules.length === 0
          ? nothing
          : html`<div class="card" tabindex="0" role="region" aria-label="Hits of rules">
              <table>
                <caption>Hits since the hosts loaded the version</caption>
                <thead>
                  <tr>
                    <th scope="col">Rule</th>
                    <th scope="col" class="number">Packets</th>
                    <th scope="col">Last hit</th>
                  </tr>
                </thead>
                <tbody>
                  ${rules.map(
                    (rule) => html`<tr>
                      <th scope="row" class="mono">v${rule.policy_version}/${rule.rule_id}</th>
                      <td class="number">${count(rule.packets)}</td>
                      <td>${rule.last_hit === undefined ? '–' : ago(rule.last_hit)}</td>
                    </tr>`,
                  )}
                </tbody>
              </table>
            </div>`}
      </div>
    `;
  }
}

customElements.define('seg-policy', PolicyDetail);
