import { css, html, LitElement, type TemplateResult } from 'lit';
import type { Bus, Link } from '../bus/bus.js';

const WORDS: Record<Link['state'], string> = {
  connecting: 'connecting…',
  connected: 'connected',
  disconnected: 'disconnected',
};

/** Whether what the page shows is up to date; says so aloud when it is not. */
class LinkState extends LitElement {
  static override properties = { bus: { attribute: false } };
  static override styles = css`
    .state {
      color: var(--muted);
    }
    .connected::before {
      content: '●';
      color: var(--allowed);
      margin-right: 0.35rem;
    }
    .away {
      position: fixed;
      inset: auto 1rem 1rem 1rem;
      z-index: 2;
      padding: 0.7rem 1rem;
      border-radius: var(--radius);
      border: 1px solid var(--dropped);
      border-left-width: 6px;
      background: var(--surface);
      color: var(--text);
    }
  `;
  declare bus: Bus;
  #end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = this.bus.link.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  protected override render(): TemplateResult {
    const { state, since } = this.bus.link.value;
    return html`
      <span class="state ${state}" role="status" data-testid="link">${WORDS[state]}</span>
      <div role="alert">
        ${state === 'disconnected'
          ? html`<div class="away" data-testid="away">
              <strong>No connection to ${this.bus.url}</strong> since ${new Date(since).toLocaleTimeString('en-GB')}. What you see is
              from before; the page reconnects by itself.
            </div>`
          : ''}
      </div>
    `;
  }
}

customElements.define('seg-link-state', LinkState);
