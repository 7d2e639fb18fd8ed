import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Model } from '@promptloom/clip/model'
import { UserError } from '@promptloom/runner/errors'
import { lockWorkspace } from '@promptloom/runner/lock'
import type { BoundStage } from '@promptloom/runner/stage'
import type { Route } from '@promptloom/search/server/route'
import { searchRoutes } from '@promptloom/search/server/search-routes'
import { type Configuration, existingStoreOf, storeOf } from '../configuration.ts'
import { logSearch } from '../search-log.ts'
import { openSearchModel, openSearchSession } from '../search-session.ts'
import { CollectionHolder } from './collection-holder.ts'
import { JobBoard } from './job-board.ts'
import { jobRoutes } from './job-routes.ts'
import { keepWork } from './keeping.ts'
import { type Loop, makersOf } from './loop.ts'
import { paintWork, refineWork } from './making.ts'
import { MapCabinet } from './map/map-cabinet.ts'
import { mapRoutes } from './map/map-routes.ts'
import { pickedNeighbours } from './neighbours.ts'
import { rowRoutes } from './row-routes.ts'
import { runRoutes } from './run-routes.ts'
import { watchWorkspace } from './workspace-watch.ts'

/** What a studio is opened with. */
export interface StudioOptions {
  readonly pipeline: readonly BoundStage[]
  readonly loop: Loop
  /** Hears of errors that are bugs. */
  readonly onError?: (error: unknown, where: string) => void
}

/** Everything behind the API of a workspace. Dispose of it. */
export interface Studio extends AsyncDisposable {
  readonly routes: readonly Route[]
  readonly holder: CollectionHolder
  readonly board: JobBoard
}

/**
 * Opens a workspace for people: searching, the loop's jobs, the runs. Also where nothing is loaded yet: questions are
 * then told so until a run has brought something.
 * @throws UserError where there is no such folder, WorkspaceBusyError where another studio has the workspace
 */
export async function openStudio(configuration: Configuration, options: StudioOptions): Promise<Studio> {
  const { workspace } = configuration
  const { loop, pipeline, onError = () => undefined } = options
  if (!existsSync(workspace)) {
    throw new UserError(`There is no workspace ${workspace}; check --workspace, or run promptloom run or demo first.`)
  }
  const opened: AsyncDisposable[] = []
  const held = <T extends AsyncDisposable>(resource: T): T => {
    opened.push(resource)
    return resource
  }
  const close = async () => {
    for (const resource of opened.reverse()) await resource[Symbol.asyncDispose]()
  }
  try {
    held(await lockWorkspace(join(workspace, 'studio')))
    const { model, open } = sessionOpener(configuration)
    held(model)
    const holder = held(new CollectionHolder({ open }))
    const board = held(await openBoard(workspace, { holder, loop, onError }))
    const embedded = storeOf(configuration).kind === 'embedded'
    held(watchWorkspace({ workspace, holder, embedded, onError: (error) => onError(error, 'watching the runs') }))
    const map = held(new MapCabinet({ workspace, onError: (error) => onError(error, 'making the map') }))
    const routes = [
      ...searchRoutes((work) => holder.use(({ searcher }) => work(searcher)), {
        onAsked: (question) => {
          if (configuration.feedback.searchLog) void logSearch(workspace, question)
        },
      }),
      ...jobRoutes(board, makersOf(loop)),
      ...rowRoutes({ holder, loop, onError: (error) => onError(error, 'forgetting a row') }),
      ...mapRoutes(map),
      ...runRoutes({ workspace, pipeline, lent: () => holder.lent }),
    ]
    return { routes, holder, board, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

interface BoardParts {
  readonly holder: CollectionHolder
  readonly loop: Loop
  readonly onError: (error: unknown, where: string) => void
}

async function openBoard(workspace: string, { holder, loop, onError }: BoardParts): Promise<JobBoard> {
  const board: JobBoard = await JobBoard.open({
    folder: join(workspace, 'studio', 'jobs'),
    onError: (error, job) => onError(error, `the job ${job.id}`),
    work: {
      refine: refineWork({
        refiner: loop.refiner,
        retrieve: ({ prompt, neighbours, like }, signal) =>
          holder.use((session) =>
            neighbours
              ? pickedNeighbours(session.collection, prompt, { ids: neighbours, signal })
              : loop.retrieve(session, { prompt, like }, signal),
          ),
      }),
      paint: paintWork(loop.painter),
      keep: keepWork({ board: () => board, keep: loop.keep, refresh: () => holder.refresh() }),
    },
  })
  return board
}

/** Opens sessions that share one model, which is opened with the first of them and takes longest. */
function sessionOpener(configuration: Configuration) {
  let model: Promise<Model> | undefined
  const open = async () => {
    // Not for nothing: a collection that is not there needs no model.
    existingStoreOf(configuration)
    model ??= openSearchModel(configuration)
    try {
      return await openSearchSession(configuration, { model: await model })
    } catch (error) {
      await model.catch(() => {
        model = undefined
      })
      throw error
    }
  }
  const close = async () => (await model?.catch(() => undefined))?.[Symbol.asyncDispose]()
  return { open, model: { [Symbol.asyncDispose]: close } }
}
