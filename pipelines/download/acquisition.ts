import type { Json } from '@promptloom/runner/stage'

/** The `fetch` that requests go through. */
export type Fetch = typeof globalThis.fetch

/** A source's bytes on the local disk, packed as they came, and what is known of them. */
export interface Acquired {
  readonly path: string
  /** How messages name it. */
  readonly name: string
  /** File wanted from an archive. */
  readonly entry?: string
  /** Rows that the source should have. */
  readonly expectedRows?: number
  /** Bytes that the source says its file has; packed or unpacked, which it doesn't say. */
  readonly expectedBytes?: number
  /** Recorded in the checkpoint: version, licence, address. */
  readonly facts: Readonly<Record<string, Json>>
}

/** How a source is acquired: what decides its content, and the bytes themselves. */
export interface Acquisition extends AsyncDisposable {
  /** Part of the fingerprint: changes exactly when the source is to be acquired anew. */
  identify(): Promise<Readonly<Record<string, Json>>>
  /**
   * Brings the bytes to the local disk, going on where an earlier attempt stopped.
   * @param onBytes told how many bytes there are, and how many there will be where that is known.
   */
  acquire(onBytes: (bytes: number, total?: number) => void): Promise<Acquired>
  /** @throws DownloadError when the bytes are no longer those that were identified. */
  confirm?(): Promise<void>
}
