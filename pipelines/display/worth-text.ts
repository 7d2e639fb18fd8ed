import type { BackEndDescription } from '@promptloom/generate/back-end'
import Table from 'cli-table3'
import type { Change, RefinerWorth } from '../loop/worth.ts'
import type { Estimated } from '../measurement/bootstrap.ts'
import { count } from './numbers.ts'

/** Whose figures they are. */
export interface WorthMakers {
  readonly model: string
  /** Where the model is a stand-in, the sentence that says so. */
  readonly standIn: string | null
  readonly painter: BackEndDescription
}

/** What refiners are worth, as a table, with every stand-in named. */
export function worthText(worths: readonly RefinerWorth[], { model, standIn, painter }: WorthMakers): string {
  const table = new Table({
    head: ['refiner', 'measure', 'before', 'after', 'change, 95 %', 'prompts', 'shown'],
    style: { head: [], border: [], compact: true },
  })
  for (const { refiner, clipScore, novelty } of worths) {
    table.push([refiner.kind, 'CLIP score', ...figures(clipScore), verdict(clipScore.change, 'better', 'worse')])
    if (novelty) table.push([refiner.kind, 'novelty', ...figures(novelty), verdict(novelty.change, 'more', 'less')])
  }
  const lines = [table.toString()]
  lines.push(
    'CLIP score: likeness of the picture to what was asked for. Novelty: distance to the nearest picture here.',
  )
  for (const { refiner, outcomes } of worths) {
    const role = refiner.standIn ? '; it stands in for a language model' : ''
    lines.push(`${refiner.kind}: ${refiner.label}${role}.`)
    const failed = Object.entries(outcomes).filter(([name]) => name !== 'ok')
    if (failed.length > 0) {
      lines.push(
        `${refiner.label}: left out ${failed.map(([name, prompts]) => `${count(prompts)} ${name}`).join(', ')}.`,
      )
    }
  }
  if (standIn) lines.push(`The model ${model} is a stand-in, so that the figures say nothing of CLIP. ${standIn}`)
  if (painter.standIn) {
    lines.push(
      `Painted by ${painter.label}; it stands in for Stable Diffusion, of whose pictures the figures say nothing.`,
    )
  }
  return lines.join('\n')
}

function figures({ before, after, change }: Change): string[] {
  // Where every prompt was left out there is nothing to tell.
  if (change.n === 0) return ['–', '–', '–', '0']
  return [before.value.toFixed(3), after.value.toFixed(3), interval(change), count(change.n)]
}

function interval({ value, low, high }: Estimated): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`
}

function signed(value: number): string {
  return value > 0 ? `+${value.toFixed(3)}` : value.toFixed(3)
}

function verdict({ low, high }: Estimated, up: string, down: string): string {
  if (low > 0) return up
  return high < 0 ? down : 'no difference shown'
}
