import { plainText } from './plain-text.ts'

/** One turn of the loop, as it is told. */
export interface ToldTurn {
  readonly asked: string
  readonly prompt: string
  readonly reason: string
  readonly refiner: { readonly label: string; readonly standIn: boolean }
  readonly painter: { readonly label: string; readonly standIn: boolean }
  /** Ids of the rows of the improved prompt and of its picture. */
  readonly refined: string
  readonly picture: string
  readonly searchable: boolean
  readonly note: string
}

/**
 * Tells how a prompt was improved, painted, kept and found again.
 * @param hits of a search for the improved prompt, best first
 */
export function turnText(turn: ToldTurn, hits: readonly { readonly id: string }[]): string {
  const { asked, prompt, reason, refiner, painter, refined, picture, searchable, note } = turn
  const ranks = hits.flatMap(({ id }, at) => (id === refined || id === picture ? [at + 1] : []))
  const found = !searchable
    ? note
    : ranks.length > 0
      ? `yes, at ${ranks.map((rank) => `rank ${rank}`).join(' and ')} of a search for the improved prompt`
      : 'no'
  const lines = [
    ['One turn of the loop for', `"${asked}"`],
    ['  improved', prompt],
    ['  why', reason],
    ['  by', refiner.label],
    ['  painted by', painter.label],
    ['  kept as', `${refined} (prompt) and ${picture} (picture)`],
    ['  found again', found],
  ]
  return lines
    .map(([name = '', value = '']) => plainText(`${name.padEnd(15)}${name.startsWith(' ') ? '' : ' '}${value}`))
    .join('\n')
}
