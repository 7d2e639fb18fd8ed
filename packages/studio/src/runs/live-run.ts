/** One line of the runs' log, as the server sends it. */
export interface Line {
  readonly time: string
  readonly run: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** One stage of a run that is being followed. */
export interface LiveStage {
  readonly name: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** Shards and rows that are to be done, as far as the stage knows by now. */
  readonly shards: { readonly todo: number; readonly done: number; readonly skipped: number }
  readonly rows: { readonly todo: number; readonly done: number }
  /** Rows of shards in work, by shard. */
  readonly inWork: Readonly<Record<string, number>>
  /** Milliseconds since 1970; null before it began. */
  readonly started: number | null
  readonly seconds: number | null
}

/** A run as its log tells it. */
export interface LiveRun {
  readonly run: string
  readonly started: string
  readonly stages: readonly LiveStage[]
  readonly warnings: readonly string[]
  readonly failures: readonly { readonly stage: string; readonly shard: string; readonly error: string }[]
  /** Null while it goes on. */
  readonly exitCode: number | null
  /** Time of the last line, ISO 8601. */
  readonly last: string
}

/** Warnings that are kept. */
const WARNINGS = 20

/** The run after one more line of the log; a run that starts takes the place of the one before. */
export function withLine(run: LiveRun | undefined, line: Line): LiveRun | undefined {
  if (line.msg === 'run-start') return begun(line)
  if (!run || line.run !== run.run) return run
  const next = { ...run, last: line.time }
  if (line.msg === 'run-end') return { ...next, exitCode: numberOf(line.exitCode) }
  if (Number(line.level) >= 40) return { ...next, warnings: [...run.warnings, line.msg].slice(-WARNINGS) }
  const name = String(line.stage ?? (line.report as { stage?: string } | undefined)?.stage ?? '')
  const stages = run.stages.map((stage) => (stage.name === name ? stageWith(stage, line) : stage))
  if (line.msg !== 'shard-failed') return { ...next, stages }
  const failure = { stage: name, shard: String(line.shard), error: String(line.error) }
  return { ...next, stages, failures: [...run.failures, failure] }
}

function begun(line: Line): LiveRun {
  const names = Array.isArray(line.stages) ? line.stages.map(String) : []
  const stages = names.map<LiveStage>((name) => ({
    name,
    state: 'waiting',
    shards: { todo: 0, done: 0, skipped: 0 },
    rows: { todo: 0, done: 0 },
    inWork: {},
    started: null,
    seconds: null,
  }))
  const { run, time } = line
  return { run, started: time, stages, warnings: [], failures: [], exitCode: null, last: time }
}

function stageWith(stage: LiveStage, line: Line): LiveStage {
  const { shards, rows, inWork } = stage
  const shard = String(line.shard)
  const { [shard]: _, ...others } = inWork
  switch (line.msg) {
    case 'stage-start':
      return { ...stage, state: 'running', started: Date.parse(line.time) }
    case 'stage-plan':
      return {
        ...stage,
        shards: {
          ...shards,
          todo: shards.todo + numberOf(line.todo),
          skipped: shards.skipped + numberOf(line.skipped),
        },
        rows: { ...rows, todo: rows.todo + numberOf(line.rows) },
      }
    case 'shard-start':
      return { ...stage, inWork: { ...inWork, [shard]: 0 } }
    case 'shard-progress':
      return { ...stage, inWork: { ...inWork, [shard]: numberOf(line.rows) } }
    case 'shard-done':
      return {
        ...stage,
        inWork: others,
        shards: { ...shards, done: shards.done + 1 },
        rows: { ...rows, done: rows.done + numberOf(line.rows) },
      }
    case 'shard-failed':
      return { ...stage, inWork: others }
    case 'stage-end':
      return ended(stage, line)
    default:
      return stage
  }
}

function ended(stage: LiveStage, line: Line): LiveStage {
  const report = line.report as { failures?: readonly unknown[]; seconds?: number } | undefined
  const failed = (report?.failures?.length ?? 0) > 0
  return { ...stage, inWork: {}, state: failed ? 'failed' : 'done', seconds: numberOf(report?.seconds) }
}

/** Rows of a stage that are finished, those of shards in work included. */
export function finishedRows({ rows, inWork }: LiveStage): number {
  return rows.done + Object.values(inWork).reduce((sum, one) => sum + one, 0)
}

/** The share of a stage that is done, from 0 to 1, by rows where it has any, else by shards. */
export function shareOf(stage: LiveStage): number {
  if (stage.state === 'done') return 1
  const { rows, shards } = stage
  if (rows.todo > 0) return Math.min(1, finishedRows(stage) / rows.todo)
  return shards.todo > 0 ? shards.done / shards.todo : 0
}

/** Rows a second and seconds left, of a stage in work; undefined before there is anything to judge by. */
export function paceOf(stage: LiveStage, now: number): { readonly rate: number; readonly left: number } | undefined {
  const finished = finishedRows(stage)
  const seconds = stage.started === null ? 0 : (now - stage.started) / 1000
  if (stage.state !== 'running' || finished === 0 || seconds < 1) return undefined
  const rate = finished / seconds
  return { rate, left: Math.max(0, stage.rows.todo - finished) / rate }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
