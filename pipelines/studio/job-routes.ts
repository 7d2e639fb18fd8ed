import { randomInt } from 'node:crypto'
import { RequestError } from '@promptloom/search/server/request-error'
import { type Route, type RouteReply, route } from '@promptloom/search/server/route'
import type { Job } from '@promptloom/studio/api/job'
import type { Makers } from '@promptloom/studio/api/maker'
import type { JobBoard } from './job-board.ts'
import * as endpoints from './job-endpoints.ts'
import { lastEvent } from './run-routes.ts'

/** Seeds are 32 bits wide, as painting programs have them. */
const SEEDS = 2 ** 32

/** A painted picture never changes. */
const FOR_GOOD = 'private, max-age=31536000, immutable'

/** The routes that start jobs, follow them and stop them. */
export function jobRoutes(board: JobBoard, makers: Makers): Route[] {
  return [
    route(endpoints.getMakers, async () => ({ json: makers })),
    route(endpoints.postRefine, async ({ body }) => accepted(await board.start('refine', body, makers.refiner))),
    route(endpoints.postPaint, async ({ body }) => {
      // Settled before it begins, so that what is painted after an interruption is what would have been painted.
      const request = { ...body, seed: body.seed ?? randomInt(SEEDS) }
      if (body.refined) variantOf(board, body.refined)
      return accepted(await board.start('paint', request, makers.painter))
    }),
    route(endpoints.postKeep, async ({ body }) => {
      checkKeep(board.get(body.job), body.pictures)
      return accepted(await board.start('keep', { ...body, pictures: [...new Set(body.pictures)] }, null))
    }),
    route(endpoints.getJobs, async () => ({ json: { jobs: board.list() } })),
    route(endpoints.getJob, async ({ params }) => ({ json: { job: board.get(params.id) } })),
    route(endpoints.getJobEvents, async ({ params, headers, signal }) => ({
      events: board.events(params.id, { signal, ...lastEvent(headers) }),
    })),
    route(endpoints.postCancel, async ({ params }) => ({ json: { job: await board.cancel(params.id) } })),
    route(endpoints.postAgain, async ({ params }) => accepted(await board.again(params.id))),
    route(endpoints.getJobPicture, async ({ params }) => {
      const { bytes, mediaType } = await board.picture(params.id, params.position)
      return { bytes, type: mediaType, headers: { 'cache-control': FOR_GOOD } }
    }),
  ]
}

function accepted(job: Job): RouteReply {
  return { json: { job }, status: 202 }
}

/** The variant that a picture is painted from. @throws RequestError where there is none. */
export function variantOf(board: JobBoard, { job: id, variant }: { job: string; variant: number }) {
  const job = board.get(id)
  const found = job.kind === 'refine' ? job.variants[variant] : undefined
  if (!found) throw new RequestError(400, 'bad_body', `The job ${id} has no variant ${variant}.`)
  return { job, variant: found }
}

function checkKeep(job: Job, positions: readonly number[]): void {
  const painted = new Set(job.pictures.map(({ position }) => position))
  const missing = positions.find((position) => !painted.has(position))
  if (missing === undefined) return
  throw new RequestError(400, 'bad_body', `The job ${job.id} has no picture ${missing} that could be kept.`)
}
