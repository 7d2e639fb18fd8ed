import type { CutoffRates } from '@promptloom/search/evaluation/cutoff-rates'
import type { Evaluation } from '@promptloom/search/evaluation/evaluation'
import { PARTS, type PartLatency } from '@promptloom/search/evaluation/part-latencies'
import Table from 'cli-table3'
import type { ColdStart } from '../measurement/cold-start.ts'
import type { LoadFacts } from '../measurement/machine.ts'
import { count, countOf } from './numbers.ts'

/** The figures of `promptloom bench search`, as tables. */
export function evaluationText({ kinds, cutoffs, latencies, filtered }: Evaluation): string {
  const labelled = kinds.some(({ precision10 }) => precision10)
  const heads = [
    'question',
    'asked',
    'first',
    'in ten',
    'by chance in ten',
    ...(labelled ? ['right of ten'] : []),
    'what',
  ]
  const found = tableOf(heads)
  for (const { kind, questions, at1, at10, chance10, precision10, note } of kinds) {
    const right = precision10 ? `${percent(precision10.found)} (chance ${percent(precision10.chance)})` : ''
    const shares = [percent(at1), percent(at10), percent(chance10), ...(labelled ? [right] : [])]
    found.push([kind, count(questions), ...shares, note])
  }
  const brought = cutoffs.some(({ given }) => given)
  const rates = tableOf(['cut-off', 'score', 'false accepts', ...(brought ? ['of pictures given'] : []), 'misses'])
  for (const one of cutoffs) rates.push(cutoffCells(one, brought))
  const uncalibrated = 'Nothing is cut off: "promptloom calibrate" finds where to.'
  const filter = `A filter that ${countOf(filtered.rows, 'row')} ${filtered.rows === 1 ? 'meets' : 'meet'} (1 %): ${count(filtered.full)} of ${count(filtered.questions)} questions got all the hits that they could.`
  const cutoff = cutoffs.length > 0 ? rates.toString() : uncalibrated
  return [found.toString(), cutoff, filter, latencyTable(latencies)].join('\n')
}

const DECIDING = { words: 'by the words', pictures: 'by the pictures', nothing: 'none', score: '' } as const

function cutoffCells(
  { route, score, by, unrelated, falseAccepts, given, pairs, misses }: CutoffRates,
  brought: boolean,
) {
  const of = (share: number, number: number, what: string) => `${percent(share)} of ${count(number)}${what}`
  const accepts = by === 'nothing' ? 'the model does not tell' : of(falseAccepts, unrelated, ' unrelated')
  const theirs = given && by !== 'nothing' ? of(given.falseAccepts, given.asked, '') : ''
  const missed = by === 'nothing' ? '' : of(misses, pairs, ' known pairs')
  return [route, score === null ? DECIDING[by] : score.toFixed(2), accepts, ...(brought ? [theirs] : []), missed]
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
