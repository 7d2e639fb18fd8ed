import type { Listener, RunEvent, StageReport } from '@promptloom/runner/progress'
import { Presets, SingleBar } from 'cli-progress'
import { count, countOf, duration } from './numbers.ts'
import { plainText } from './plain-text.ts'
import { Tally } from './tally.ts'

/** How a run shows itself. */
export type DisplayKind = 'bar' | 'lines' | 'json'

/** A bar on a terminal, plain lines elsewhere, JSON lines when asked for. */
export function displayKind(json: boolean, terminal: boolean): DisplayKind {
  if (json) return 'json'
  return terminal ? 'bar' : 'lines'
}

/** The listener that shows a run on the given stream; `bar` wants a terminal. */
export function createListener(kind: DisplayKind, stream: NodeJS.WriteStream): Listener {
  if (kind === 'json') return jsonListener(stream)
  return kind === 'bar' ? barListener(stream) : lineListener(stream)
}

function jsonListener(stream: NodeJS.WritableStream): Listener {
  return (event) => stream.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`)
}

/** At most one progress line in so many milliseconds. */
const LINE_INTERVAL_MS = 5_000

function lineListener(stream: NodeJS.WritableStream): Listener {
  const tally = new Tally()
  let last = performance.now()
  return (event) => {
    tally.add(event)
    const now = performance.now()
    if (event.type === 'shard-progress' || event.type === 'shard-done') {
      if (now - last < LINE_INTERVAL_MS) return
      last = now
      const rate = `${count(tally.rate(now))} rows/s, ${duration(tally.secondsLeft(now))} left`
      stream.write(`${tally.stage}: ${count(tally.rowsDone)} of ${count(tally.rows)} rows, ${rate}\n`)
    } else {
      const line = sentence(event, tally)
      if (line) stream.write(`${line}\n`)
    }
  }
}

function barListener(stream: NodeJS.WriteStream): Listener {
  const tally = new Tally()
  let bar: SingleBar | undefined
  const stop = () => {
    bar?.stop()
    bar = undefined
  }
  return (event) => {
    tally.add(event)
    if (event.type === 'stage-plan' && tally.todo > 0) {
      if (bar) bar.setTotal(tally.rows)
      else {
        bar = newBar(stream)
        bar.start(tally.rows, tally.rowsDone, fields(tally))
      }
      return
    }
    if (event.type === 'shard-progress' || event.type === 'shard-done') {
      bar?.update(tally.rowsDone, fields(tally))
      return
    }
    // A bar that goes on would keep the process alive, and the cursor hidden.
    if (event.type === 'stage-end' || event.type === 'run-end') stop()
    const line = sentence(event, tally)
    if (!line) return
    // A line in the middle of a stage pushes the bar down: the bar redraws itself at its next update.
    if (bar) stream.write('\r\u001b[K')
    stream.write(`${line}\n`)
  }
}

function newBar(stream: NodeJS.WriteStream): SingleBar {
  const format = '{stage} {bar} {percentage}% | {value}/{total} rows | {rate} rows/s | {left} left'
  return new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: true, etaBuffer: 1 },
    Presets.shades_classic,
  )
}

function fields(tally: Tally): Record<string, string> {
  return { stage: tally.stage.padEnd(13), rate: count(tally.rate()), left: duration(tally.secondsLeft()) }
}

function sentence(event: RunEvent, tally: Tally): string | undefined {
  if (event.type === 'stage-end') return stageSentence(event.report)
  if (event.type === 'warning') return `note: ${plainText(event.message)}`
  if (event.type === 'shard-failed') return `${tally.stage}/${event.shard} failed: ${plainText(event.error)}`
  if (event.type === 'run-end') return runSentence(event.exitCode, event.seconds)
  return undefined
}

function stageSentence(report: StageReport): string {
  const { stage, ran, skipped, removed, failures, seconds } = report
  const parts = [
    ran > 0 ? `${countOf(report.rows, 'row')} in ${countOf(ran, 'shard')}` : '',
    skipped > 0 ? `${countOf(skipped, 'shard')} up to date` : '',
    removed > 0 ? `${countOf(removed, 'shard')} removed` : '',
    failures.length > 0 ? `${countOf(failures.length, 'shard')} FAILED` : '',
  ].filter(Boolean)
  const outcomes = Object.entries(report.outcomes).map(([name, rows]) => `${name} ${count(rows)}`)
  const how = outcomes.length > 0 ? ` (${outcomes.join(', ')})` : ''
  return `${stage.padEnd(13)} ${parts.join(', ') || 'nothing to do'}${how}, ${duration(seconds)}`
}

function runSentence(exitCode: number, seconds: number): string | undefined {
  // Wrong input is told by its own sentence, and the same command would not go on.
  if (exitCode === 2) return undefined
  if (exitCode === 0) return `done in ${duration(seconds)}`
  if (exitCode === 3) return `interrupted after ${duration(seconds)}; the same command goes on from here`
  return `failed after ${duration(seconds)}; what is done stays, and the same command goes on from here`
}
