import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import type { Picture } from '@promptloom/generate/back-end'
import { RunnerError, UserError } from '@promptloom/runner/errors'
import { generatedId } from '../feedback/inbox-row.ts'
import { type PictureFacts, type SavedPicture, savePicture } from './saved-picture.ts'

/** A picture that was painted could not be written: the disk is full, or the folder may not be written to. */
export class PictureFolderError extends RunnerError {
  readonly exitCode = 1
}

/**
 * Makes the folder where it is missing, so that nothing is painted that could not be written.
 * @throws UserError for a path that is a file, or where nothing may be written
 */
export async function preparePictureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is no folder' : code
    throw new UserError(`No pictures can be written to ${path} (${why}); name another folder with --out.`, { cause })
  }
}

/**
 * A folder that pictures are saved to while more are painted. A picture that comes twice, because the painter tried
 * again or gave the same one for two, is saved once. After the first that cannot be written, `failed` is aborted, so
 * that nothing more is painted that would be lost.
 */
export class PictureFolder {
  readonly #path: string
  readonly #made: Pick<PictureFacts, 'painter' | 'refined' | 'parents'>
  readonly #saving = new Map<string, Promise<SavedPicture | undefined>>()
  readonly #failure = new AbortController()

  /** @param made who painted, and from what; the same for all pictures. */
  constructor(path: string, made: Pick<PictureFacts, 'painter' | 'refined' | 'parents'>) {
    this.#path = path
    this.#made = made
  }

  /** Aborted, with a `PictureFolderError`, once a picture could not be written. */
  get failed(): AbortSignal {
    return this.#failure.signal
  }

  /** Begins to save a picture; never fails itself. */
  add(picture: Picture): void {
    const id = generatedId(picture.bytes)
    if (this.#saving.has(id)) return
    this.#saving.set(
      id,
      this.#save(picture).catch((cause: NodeJS.ErrnoException) => {
        const message = `The picture ${id} cannot be written to ${this.#path} (${cause.code ?? cause.message}); make room there, or name another folder with --out, and paint again with the same --seed.`
        this.#failure.abort(new PictureFolderError(message, { cause }))
        return undefined
      }),
    )
  }

  /** Waits until whatever was added is on the disk; the pictures that are, in the order in which they came. */
  async settled(): Promise<readonly SavedPicture[]> {
    const saved = await Promise.all(this.#saving.values())
    return saved.filter((one) => one !== undefined)
  }

  async #save(picture: Picture): Promise<SavedPicture> {
    await mkdir(this.#path, { recursive: true })
    return savePicture(this.#path, picture, this.#made)
  }
}
