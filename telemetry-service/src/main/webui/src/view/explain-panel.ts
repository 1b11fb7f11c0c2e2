import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import type { Explanation, Flow, FlowsFound, Packet } from '../bus/messages.js';
import { Refusal, refusalOf } from '../bus/refusal.js';
import { protocolNumber } from '../filter/values.js';
import { ago, count, decider } from '../ui/format.js';
import { refusalNote } from '../ui/refusal-note.js';
import { styles } from '../ui/styles.js';
import { endpoint } from '../ui/endpoint.js';

const EXPLAIN = 'segmentation.api.policy.explain';
const FLOWS = 'segmentation.api.telemetry.flows';

/** Why a connection is allowed or refused: what `segctl explain` says, in a dialog. */
export class ExplainPanel extends LitElement {
  static override properties = { bus: { attribute: false } };
  static override styles = [
    styles,
    css`
      dialog {
        width: min(46rem, 92vw);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--text);
        padding: 1.25rem;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      ol {
        padding-left: 1.2rem;
      }
      header {
        display: flex;
        gap: 1rem;
        align-items: start;
        justify-content: space-between;
      }
    `,
  ];
  declare bus: Bus;
  #flow: Flow | undefined;
  #explanation: Explanation | undefined;
  #refusal: Refusal | undefined;

  /** Explains a row as the policies in force judge it now. */
  async show(flow: Flow): Promise<void> {
    this.#open(flow);
    try {
      this.#explanation = await this.bus.request<Explanation>(EXPLAIN, { host_id: flow.host_id, packet: packetOf(flow) });
    } catch (error) {
      this.#refusal = refusalOf(error, EXPLAIN);
    }
    this.requestUpdate();
  }

  /** Explains the latest of the last hour's flows that a filter lets through. */
  async showLatest(filter: string): Promise<void> {
    this.#open(undefined);
    try {
      const since = new Date(Date.now() - 3_600_000).toISOString();
      const found = await this.bus.request<FlowsFound>(FLOWS, { since, filter, limit: 1 });
      const flow = found.flows[0];
      if (flow === undefined) {
        throw new Refusal('NOT_FOUND', `no flow of the last hour is ${filter}`, 'choose a row of the flows instead');
      }
      await this.show(flow);
    } catch (error) {
      this.#refusal = refusalOf(error, FLOWS);
      this.requestUpdate();
    }
  }

  #open(flow: Flow | undefined): void {
    this.#flow = flow;
    this.#explanation = undefined;
    this.#refusal = undefined;
    this.requestUpdate();
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog !== null && !dialog.open) {
      dialog.showModal();
    }
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" data-testid="explain">
      <header>
        <h1 id="title">Explain</h1>
        <form method="dialog"><button>Close</button></form>
      </header>
      ${this.#flow === undefined ? nothing : this.#connection(this.#flow)} ${refusalNote(this.#refusal)}
      ${this.#explanation === undefined
        ? this.#refusal === undefined
          ? html`<p class="muted">Asking policy-service…</p>`
          : nothing
        : this.#answer(this.#explanation)}
    </dialog>`;
  }

  #connection(flow: Flow): TemplateResult {
    return html`<p>
      ${endpoint(flow.source)} → ${endpoint(flow.dest)} ${flow.protocol}/${flow.dest_port}, ${flow.direction} on
      <span class="mono">${flow.host_id}</span>
    </p>`;
  }

  #answer({ decision, policies, nearest, loaded, hits }: Explanation): TemplateResult {
    const isAllowed = decision.action === 'allow';
    return html`
      <p data-testid="explain-decision">
        <strong class=${isAllowed ? 'allowed' : 'dropped'}>${isAllowed ? '✔ allowed' : '✖ denied'}</strong> by
        <span class="mono">${decider(decision)}</span> (${decision.reason})
      </p>
      ${decision.audit === undefined
        ? nothing
        : html`<p class="audited">◐ ${decider(decision.audit)} would deny it, but audits only</p>`}
      <h2>Considered</h2>
      <ol>
        ${policies.map(
          (policy) => html`<li>
            <span class="mono">${policy.policy_id}@v${policy.version}</span> ${policy.standing.toLowerCase().replace('_', ' ')}
            ${policy.why === undefined ? nothing : html`<span class="muted">: ${policy.why}</span>`}
            <ul>
              ${policy.rules.map(
                (rule) => html`<li>
                  <span class="mono">${rule.rule_id}</span> (${rule.action}) ${rule.effect.toLowerCase()}
                  <span class="muted">${rule.misses.join('; ')}</span>
                </li>`,
              )}
            </ul>
          </li>`,
        )}
      </ol>
      ${nearest === undefined
        ? nothing
        : html`<p>
            Nearest allow rule: <span class="mono">${nearest.policy_id}/${nearest.rule_id}</span>
            <span class="muted">${nearest.misses.join('; ')}</span>
          </p>`}
      <p class="muted">
        The host has
        ${loaded.loaded_revision === undefined ? 'not said which revision' : `revision ${loaded.loaded_revision}`} loaded, desired is
        ${loaded.desired_revision}${hits === undefined
          ? ''
          : `; the rule met ${count(hits.packets)} packets there${hits.last === undefined ? '' : `, the last ${ago(hits.last)}`}`}.
      </p>
    `;
  }
}

function packetOf(flow: Flow): Packet {
  if (flow.source.ip === undefined || flow.dest.ip === undefined) {
    throw new Refusal(
      'UNKNOWN_ADDRESS',
      'the hook that told of this flow cannot know both of its addresses',
      `the row names what decided then: ${decider(flow)}`,
    );
  }
  return {
    direction: flow.direction,
    source_ip: flow.source.ip,
    dest_ip: flow.dest.ip,
    protocol: protocolNumber(flow.protocol) ?? 0,
    ...(flow.dest_port > 0 ? { dest_port: flow.dest_port } : {}),
    ...(flow.source_port === undefined || flow.source_port === 0 ? {} : { source_port: flow.source_port }),
  };
}

customElements.define('seg-explain', ExplainPanel);
