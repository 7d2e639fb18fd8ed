import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CheckpointFolder } from './checkpoint.ts'
import { digestFile } from './disk.ts'
import { DamagedFileError } from './errors.ts'
import type { FileRef } from './stage.ts'

/** Checks committed files against their digests, each at most once a run. */
export class Verification {
  readonly #workspace: string
  readonly #repairs: boolean
  readonly #checked = new Map<string, Promise<string>>()

  /** With `repairs` false nothing is changed, as planning needs it. */
  constructor(workspace: string, { repairs = true }: { readonly repairs?: boolean } = {}) {
    this.#workspace = workspace
    this.#repairs = repairs
  }

  /**
   * Path of a committed file whose bytes are as committed.
   * @throws DamagedFileError when they aren't; the shard's checkpoint is taken away, so that the next run makes it anew.
   */
  read(file: FileRef): Promise<string> {
    const key = `${file.stage}/${file.name}@${file.sha256}`
    const known = this.#checked.get(key)
    if (known) return known
    const checking = this.#check(file)
    this.#checked.set(key, checking)
    checking.catch(() => this.#checked.delete(key))
    return checking
  }

  async #check(file: FileRef): Promise<string> {
    const path = join(this.#workspace, file.stage, file.name)
    const found = await stat(path).catch(() => undefined)
    const digest = found?.size === file.bytes ? await digestFile(path) : undefined
    if (digest?.sha256 === file.sha256) return path
    if (this.#repairs) await new CheckpointFolder(this.#workspace, file.stage).invalidate(file.shard)
    const what = found
      ? `no longer has the bytes it was committed with (SHA-256 ${file.sha256.slice(0, 12)}…)`
      : 'is missing'
    throw new DamagedFileError(`${path} ${what}; run again, and ${file.stage} makes it anew.`)
  }
}
