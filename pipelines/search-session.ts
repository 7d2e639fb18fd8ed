import { basename, dirname, join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import { openPictureLibrary } from '@promptloom/dataset/picture-library'
import type { PoliteClient } from '@promptloom/http/client'
import { readCalibration } from '@promptloom/search/calibration/calibration-file'
import { type Collection, openCollection } from '@promptloom/search/collection'
import { modelEncoder } from '@promptloom/search/model-encoder'
import { PictureRefusedError } from '@promptloom/search/search-error'
import { Searcher } from '@promptloom/search/searcher'
import { standInFor } from '@promptloom/search/stand-in'
import { openStore } from '@promptloom/store/store'
import { applySearchSettings } from './benchmark/search-settings.ts'
import { type Configuration, existingStoreOf } from './configuration.ts'
import { fetchOptions } from './fetch-images/options.ts'
import { examine, restrictDecoders } from './fetch-images/picture.ts'
import { searchEvents } from './search-events.ts'

/** One warm model, one store, the pictures: everything that questions to a workspace need. Dispose of it. */
export interface SearchSession extends AsyncDisposable {
  readonly collection: Collection
  readonly searcher: Searcher
  readonly model: Model
}

/** How a session is opened. */
export interface SessionOptions {
  /** Whether the workspace's cut-offs are used; default true. */
  readonly calibrated?: boolean
  /** A model that is open already, and stays so when the session ends. */
  readonly model?: Model
}

/** Opens the configured model; by far the longest part of opening a session. */
export function openSearchModel({ workspace, model, embed }: Configuration): Promise<Model> {
  const { device, precision, overlong } = embed
  const digestCache = join(workspace, 'cache', 'model-digests.json')
  return openModel(model, { device, precision, overlong, workers: 1, digestCache })
}

/**
 * Opens a workspace for searching; model and store open side by side.
 * @throws errors of the model directory, the store and the collection, each with its exit code.
 */
export async function openSearchSession(
  configuration: Configuration,
  { calibrated = true, model: shared }: SessionOptions = {},
): Promise<SearchSession> {
  const { workspace } = configuration
  const location = existingStoreOf(configuration)
  const open: AsyncDisposable[] = []
  const close = async () => {
    for (const resource of open.reverse()) await resource[Symbol.asyncDispose]()
  }
  const held = <T extends AsyncDisposable>(resource: T): T => {
    open.push(resource)
    return resource
  }
  restrictDecoders()
  const opening = shared ? Promise.resolve(shared) : openSearchModel(configuration).then(held)
  try {
    const [store, model] = await settled([openStore(location).then(held), opening])
    await applySearchSettings(store, workspace)
    const collection = await openCollection({
      store,
      encoder: modelEncoder(model, {
        name: modelName(configuration.model),
        standIn: await standInFor(configuration.model),
        preparePicture,
      }),
      pictures: held(await openPictureLibrary(workspace)),
      calibration: calibrated ? await readCalibration(workspace, model.digest) : undefined,
      fetchPicture: addressedPictures(held),
      ...searchEvents(workspace),
    })
    return { collection, searcher: new Searcher(collection), model, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Waits for both, also when one fails: what has opened by then must be closed. */
async function settled<A, B>(both: readonly [Promise<A>, Promise<B>]): Promise<readonly [A, B]> {
  await Promise.allSettled(both)
  return Promise.all(both)
}

/** Fetches pictures that questions name by address; few do, so that the client is loaded for the first that does. */
function addressedPictures(held: (client: PoliteClient) => PoliteClient): NonNullable<Collection['fetchPicture']> {
  let fetcher: Promise<NonNullable<Collection['fetchPicture']>> | undefined
  const open = async () => {
    const { PoliteClient } = await import('@promptloom/http/client')
    const { pictureFetcher } = await import('@promptloom/search/picture-address')
    return pictureFetcher(held(new PoliteClient(politeness)))
  }
  return async (url, signal) => {
    fetcher ??= open()
    return (await fetcher)(url, signal)
  }
}

/** A person waits for the answer: one try, and no longer than people do. */
const politeness = {
  userAgent: 'Promptloom/0.1 (picture search)',
  attempts: 2,
  totalTimeoutMs: 15_000,
  headersTimeoutMs: 8_000,
}

/** The rules that `fetch-images` goes by, applied to a question's picture. */
async function preparePicture(bytes: Uint8Array): Promise<Uint8Array> {
  const rules = fetchOptions.parse({})
  if (bytes.byteLength > rules.maxBytes) {
    throw new PictureRefusedError(`The picture has ${bytes.byteLength} bytes; at most ${rules.maxBytes} are read.`)
  }
  const examined = await examine(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), rules)
  if ('picture' in examined) return examined.picture.stored
  const words = examined.fault.replaceAll('_', ' ')
  throw new PictureRefusedError(`The picture cannot be used, ${words}: ${examined.detail}.`)
}

function modelName(directory: string): string {
  return basename(directory) === 'model' ? basename(dirname(directory)) : basename(directory)
}
