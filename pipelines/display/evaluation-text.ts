import type { Evaluation } from '@promptloom/search/evaluation/evaluation'
import { PARTS, type PartLatency } from '@promptloom/search/evaluation/part-latencies'
import Table from 'cli-table3'
import type { ColdStart } from '../measurement/cold-start.ts'
import type { LoadFacts } from '../measurement/machine.ts'
import { count, countOf } from './numbers.ts'

/** The figures of `promptloom bench search`, as tables. */
export function evaluationText({ kinds, cutoffs, latencies, filtered }: Evaluation): string {
  const found = tableOf(['question', 'asked', 'first', 'in ten', 'by chance in ten', 'what'])
  for (const { kind, questions, at1, at10, chance10, note } of kinds) {
    found.push([kind, count(questions), percent(at1), percent(at10), percent(chance10), note])
  }
  const rates = tableOf(['cut-off', 'score', 'false accepts', 'misses'])
  for (const { route, score, words, unrelated, falseAccepts, pairs, misses } of cutoffs) {
    const accepts = `${percent(falseAccepts)} of ${count(unrelated)} unrelated`
    const missed = `${percent(misses)} of ${count(pairs)} known pairs`
    if (score !== null) rates.push([route, score.toFixed(2), accepts, missed])
    else rates.push(words ? [route, 'by the words', accepts, missed] : [route, 'none', 'the model does not tell', ''])
  }
  const uncalibrated = 'Nothing is cut off: "promptloom calibrate" finds where to.'
  const filter = `A filter that ${countOf(filtered.rows, 'row')} ${filtered.rows === 1 ? 'meets' : 'meet'} (1 %): ${count(filtered.full)} of ${count(filtered.questions)} questions got all the hits that they could.`
  const cutoff = cutoffs.length > 0 ? rates.toString() : uncalibrated
  return [found.toString(), cutoff, filter, latencyTable(latencies)].join('\n')
}

const HEADS: Readonly<Record<(typeof PARTS)[number], string>> = {
  encode: 'encoder',
  store: 'store',
  rank: 'fusing and folding',
  rows: 'hits’ facts',
  total: 'all',
}

function latencyTable(latencies: readonly PartLatency[]): string {
  const table = tableOf(['warm, ms: p50 / p95', ...PARTS.map((part) => HEADS[part])])
  for (const kind of new Set(latencies.map((one) => one.kind))) {
    const cells = PARTS.map((part) => {
      const found = latencies.find((one) => one.kind === kind && one.part === part)
      return found ? `${found.p50.toFixed(1)} / ${found.p95.toFixed(1)}` : ''
    })
    table.push([kind, ...cells])
  }
  return table.toString()
}

/** What starts from cold took, and how busy the machine was with other work. */
export function coldStartText(starts: readonly ColdStart[], load: LoadFacts): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1)
  const range = (values: readonly number[]) => {
    const ends = new Set([seconds(Math.min(...values)), seconds(Math.max(...values))])
    return `${[...ends].join(' to ')} s`
  }
  const processor = starts.flatMap((one) => one.processor ?? [])
  const lines: string[] = []
  if (starts.length > 0) {
    const times = starts.length === 1 ? 'once' : `${starts.length} times`
    const ofProcessor = processor.length > 0 ? `, ${range(processor)} of processor time` : ''
    lines.push(
      `"promptloom search" from a cold start, ${times}: ${range(starts.map(({ wall }) => wall))} on the clock${ofProcessor}.`,
    )
  }
  if (load.noisy) {
    lines.push(
      `The machine was busy: other programs took ${percent(load.foreign)} of it; times are longer than they would be.`,
    )
  }
  return lines.join('\n')
}

function tableOf(head: readonly string[]) {
  return new Table({ head: [...head], style: { head: [], border: [], compact: true } })
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
