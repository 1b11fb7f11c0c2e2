import { LitElement } from 'lit';

/** Drawn at most once a frame, whatever comes in meanwhile, and not at all while nobody can see it. */
export class Framed extends LitElement {
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    super.scheduleUpdate();
  }
}
