import { type InboxBatch, type InboxItem, listBatches, NewBatch, readBatch } from '../inbox.ts'

/**
 * Puts results of the queue into the inbox, each once however often it is delivered: what lies there already, or was
 * forgotten there, is left out.
 */
export class Delivery {
  readonly #workspace: string
  readonly #ids: Set<string>

  private constructor(workspace: string, ids: Set<string>) {
    this.#workspace = workspace
    this.#ids = ids
  }

  /** Reads which ids the inbox holds. */
  static async open(workspace: string): Promise<Delivery> {
    const ids = new Set<string>()
    for (const { name } of await listBatches(workspace)) {
      for (const line of await readBatch(workspace, name)) ids.add('id' in line ? line.id : line.forgotten)
    }
    return new Delivery(workspace, ids)
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Puts what is new into one batch: all of it or, after a crash, nothing. @returns undefined where nothing is new */
  async deliver(items: AsyncIterable<InboxItem>): Promise<InboxBatch | undefined> {
    const batch = await NewBatch.begin(this.#workspace)
    const added: string[] = []
    try {
      for await (const item of items) {
        if (this.#ids.has(item.row.id)) continue
        this.#ids.add(item.row.id)
        added.push(item.row.id)
        await batch.add(item)
      }
      return await batch.commit()
    } catch (error) {
      for (const id of added) this.#ids.delete(id)
      await batch.discard()
      throw error
    }
  }
}
