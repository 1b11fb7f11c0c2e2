import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { Bus } from '../bus/bus.js';
import type { Lint, Plan, StoredPolicy } from '../bus/messages.js';
import { Refusal, refusalOf } from '../bus/refusal.js';
import '../editor/policy-editor.js';
import type { PolicyEditor } from '../editor/policy-editor.js';
import { draft } from '../state/draft.js';
import { go, route } from '../state/route.js';
import { Watch } from '../state/store.js';
import { refusalNote } from '../ui/refusal-note.js';
import { styles } from '../ui/styles.js';
import './plan-view.js';

const DAY = 86_400_000;
const BLANK = {
  id: 'new-policy',
  name: 'What it is for',
  type: 'network',
  priority: 100,
  mode: 'audit',
  rules: [{ id: 'allow-https', action: 'allow', priority: 10, conditions: [{ field: 'dest_port', operator: 'eq', value: 443 }] }],
};

/** A candidate: what the schema, lint and recorded connections say of it before anybody publishes it. */
class EditorPage extends LitElement {
  static override properties = { bus: { attribute: false } };
  static override styles = [
    styles,
    css`
      .editor {
        height: min(60vh, 44rem);
      }
      ul {
        margin: 0;
        padding-left: 1.2rem;
      }
    `,
  ];
  declare bus: Bus;
  readonly #route = new Watch(this, route);
  readonly #editor = createRef<PolicyEditor>();
  /** Who comes back from the map finds the candidate as it was. */
  #text = draft.value?.text ?? JSON.stringify(BLANK, null, 2);
  #loaded = draft.value?.policy ?? '';
  /** What is wrong with the text; undefined until it was looked at. */
  #problems: readonly string[] | undefined;
  #lint: Lint | undefined;
  #plan: Plan | undefined;
  /** What the plan is of. */
  #planned = '';
  #accepted: string | undefined;
  #refusal: Refusal | undefined;
  #isForbidden = false;
  #end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = this.bus.link.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { policy } = this.#route.value;
    if (policy !== this.#loaded && this.bus.link.value.state === 'connected') {
      this.#loaded = policy;
      void this.#load(policy);
    }
  }

  protected override render(): TemplateResult {
    const isSound = this.#problems?.length === 0;
    return html`
      <div class="bar">
        <h1>Editor</h1>
        <button data-testid="lint" ?disabled=${!isSound} @click=${this.#judge}>Lint and plan</button>
        <button
          class="primary"
          data-testid="publish"
          ?disabled=${!isSound || this.#isForbidden}
          title=${this.#isForbidden ? 'The broker does not grant this user to publish policies' : ''}
          @click=${this.#publish}
        >
          Publish
        </button>
      </div>
      <div class="card editor">
        <seg-policy-editor ${ref(this.#editor)} .text=${this.#text} @edit=${this.#edited}></seg-policy-editor>
      </div>
      <div role="status" data-testid="problems">
        ${isSound
          ? html`<p class="muted">The document holds its schema.</p>`
          : html`<ul class="dropped">
              ${this.#problems?.map((problem) => html`<li>${problem}</li>`)}
            </ul>`}
      </div>
      ${refusalNote(this.#refusal)}
      ${this.#accepted === undefined ? nothing : html`<p class="badge allowed" role="status" data-testid="accepted">✔ ${this.#accepted}</p>`}
      ${this.#lint === undefined ? nothing : this.#findings(this.#lint)}
      ${this.#plan === undefined ? nothing : html`<seg-plan .plan=${this.#plan}></seg-plan>
            <p><button data-testid="show" @click=${this.#show}>Show it on the map</button></p>`}
    `;
  }

  #findings({ findings, findings_omitted: omitted }: Lint): TemplateResult {
    return html`<h2>Lint</h2>
      <div data-testid="findings">
        ${findings.length === 0
          ? html`<p class="muted">Lint finds nothing.</p>`
          : html`<ul>
              ${findings.map(
                (finding) => html`<li>
                  <strong>${finding.severity}</strong> <span class="mono">${finding.code} ${finding.rule_id ?? ''}</span>
                  ${finding.message} <span class="muted">${finding.hint ?? ''}</span>
                </li>`,
              )}
              ${omitted > 0 ? html`<li>${omitted} more</li>` : nothing}
            </ul>`}
      </div>`;
  }

  #edited(event: CustomEvent<readonly string[]>): void {
    this.#problems = event.detail;
    this.requestUpdate();
  }

  async #load(policy: string): Promise<void> {
    const subject = 'segmentation.api.policy.get';
    await this.#try(subject, async () => {
      const stored = policy === '' ? BLANK : (await this.bus.request<StoredPolicy>(subject, { policy_id: policy })).document;
      this.#text = JSON.stringify(stored, null, 2);
    });
  }

  async #judge(): Promise<void> {
    const subject = 'segmentation.api.policy.plan';
    await this.#try(subject, async () => {
      const documents = [this.#document()];
      this.#planned = this.#editor.value?.value ?? this.#text;
      const from = new Date(Date.now() - DAY).toISOString();
      [this.#lint, this.#plan] = await Promise.all([
        this.bus.request<Lint>('segmentation.api.policy.lint', { documents }),
        this.bus.request<Plan>(subject, { documents, from }),
      ]);
    });
  }

  #show(): void {
    if (this.#plan !== undefined) {
      draft.set({ policy: this.#loaded, text: this.#planned, plan: this.#plan });
      go({ page: 'map' });
    }
  }

  async #publish(): Promise<void> {
    const document = this.#document();
    const subject = `segmentation.policies.${document['id']}`;
    await this.#try(subject, async () => {
      const accepted = await this.bus.request<{ policy_id: string; version: number }>(subject, document);
      this.#accepted = `${accepted.policy_id} version ${accepted.version} is accepted`;
    });
  }

  /** Does it, and shows what came of it in place of what was shown before. */
  async #try(subject: string, act: () => Promise<void>): Promise<void> {
    this.#refusal = this.#lint = this.#plan = this.#accepted = undefined;
    try {
      await act();
    } catch (error) {
      this.#refusal = refusalOf(error, subject);
      this.#isForbidden ||= this.#refusal.isForbidden;
    }
    this.requestUpdate();
  }

  #document(): Record<string, unknown> {
    return JSON.parse(this.#editor.value?.value ?? this.#text) as Record<string, unknown>;
  }
}

customElements.define('seg-editor-page', EditorPage);
