/** Width and height of a node, with its border, in pixels at full size. */
export const NODE = { size: 34, border: 1.5 };

/** Nodes where they begin, and the lines that pull at them, by the nodes' ids. */
export interface Unplaced {
  nodes: { id: string; x: number; y: number }[];
  lines: { source: string; target: string }[];
}

export type Place = { x: number; y: number };

/** Where each node comes to lie, by its id. */
export type Places = ReadonlyMap<string, Place>;

/** Places nodes in a thread of its own: that takes long, and the page must not stand still meanwhile. One task at a time. */
export class Layout {
  readonly #worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });

  /** @throws Error when the thread cannot be started or fails */
  place(task: Unplaced): Promise<Places> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Places>) => resolve(data);
      this.#worker.onerror = ({ message }) => reject(new Error(`the layout's thread failed: ${message}`));
      this.#worker.postMessage(task);
    });
  }

  end(): void {
    this.#worker.terminate();
  }
}
