import { type RunRecord, readRunRecords } from '@promptloom/runner/history'
import { workspaceOwner } from '@promptloom/runner/lock'
import type { BoundStage } from '@promptloom/runner/stage'
import { readStatus } from '@promptloom/runner/status'
import { RequestError } from '@promptloom/search/server/request-error'
import { type Route, route } from '@promptloom/search/server/route'
import type { PipelineStand, Run } from '@promptloom/studio/api/run'
import { listReports, REPORT_POLICY, readReport } from './report-folder.ts'
import * as endpoints from './run-endpoints.ts'
import { RunLog } from './run-log.ts'

/** What the routes about runs read. */
export interface RunRoutesParts {
  readonly workspace: string
  readonly pipeline: readonly BoundStage[]
  /** Why searches must wait now, if they must. */
  readonly lent: () => string | undefined
}

/** The routes about stages, runs and reports; they only read, and work while any process runs the pipeline. */
export function runRoutes(parts: RunRoutesParts): Route[] {
  const { workspace } = parts
  const log = new RunLog(workspace)
  return [
    route(endpoints.getPipeline, async () => ({ json: await pipelineStand(parts) })),
    route(endpoints.getRuns, async ({ query }) => ({
      json: { runs: (await readRuns(workspace)).slice(0, query.limit) },
    })),
    route(endpoints.getRunEvents, async ({ headers, signal }) => ({
      events: log.follow({ signal, ...lastEvent(headers) }),
    })),
    route(endpoints.getRun, async ({ params }) => {
      const found = (await readRuns(workspace)).find(({ run }) => run === params.id)
      if (!found) throw new RequestError(404, 'not_found', `There is no run "${params.id}".`)
      return { json: found }
    }),
    route(endpoints.getReports, async () => ({ json: await listReports(workspace) })),
    route(endpoints.getReport, async ({ params }) => ({
      bytes: await readReport(workspace, params.name),
      type: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': REPORT_POLICY, 'cache-control': 'no-cache' },
    })),
  ]
}

/** The event that a reader had last, by the header that browsers send when they connect anew. */
export function lastEvent(headers: Headers): { last?: number } {
  const id = headers.get('last-event-id')
  return id !== null && /^\d{1,15}$/.test(id) ? { last: Number(id) } : {}
}

async function pipelineStand({ workspace, pipeline, lent }: RunRoutesParts): Promise<PipelineStand> {
  const status = await readStatus(workspace, pipeline)
  const owner = status.runningSince
  return {
    workspace: status.workspace,
    balanced: status.balanced,
    complete: status.complete,
    stages: status.stages.map((stand) => ({
      ...stand,
      kinds: { ...pipeline.find(({ stage }) => stage.name === stand.name)?.stage.outcomes },
    })),
    runningSince: owner
      ? { pid: owner.pid, host: owner.host, since: owner.since, here: owner.pid === process.pid }
      : null,
    lent: lent() ?? null,
  }
}

/** All recorded runs, newest first. Of those that have no end, only the last can still be going on. */
async function readRuns(workspace: string): Promise<Run[]> {
  const owner = await workspaceOwner(workspace)
  const records = (await readRunRecords(workspace)).reverse()
  return records.map((record, at) => ({
    run: record.run,
    started: record.started,
    ended: record.ended ?? null,
    state: stateOf(record, at === 0 && owner !== undefined),
    exitCode: record.exitCode ?? null,
    seconds: record.seconds ?? null,
    error: record.error ?? null,
    stages: [...record.stages] as Run['stages'],
  }))
}

function stateOf({ ended, exitCode }: RunRecord, mayGoOn: boolean): Run['state'] {
  if (ended === undefined) return mayGoOn ? 'running' : 'killed'
  if (exitCode === 0) return 'done'
  return exitCode === 3 ? 'interrupted' : 'failed'
}
