import type { JSX } from 'preact'
import { countOf } from '../interface/amounts.ts'
import { outcomeName } from '../interface/outcome-name.ts'

/** How an outcome counts. */
export type OutcomeKind = 'ok' | 'final' | 'transient'

interface OutcomeBarProps {
  readonly outcomes: Readonly<Record<string, number>>
  readonly kinds: Readonly<Record<string, OutcomeKind>>
}

const ORDER: readonly OutcomeKind[] = ['ok', 'transient', 'final']
const SAID: Readonly<Record<OutcomeKind, string>> = {
  ok: 'goes on',
  transient: 'tried again by the next run',
  final: 'ends here',
}

/** How rows ended: a bar in proportion, and every outcome with its count. */
export function OutcomeBar({ outcomes, kinds }: OutcomeBarProps): JSX.Element | null {
  const listed = Object.entries(outcomes)
    .filter(([, rows]) => rows > 0)
    .map(([name, rows]) => ({ name, rows, kind: kinds[name] ?? 'final' }))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.rows - a.rows)
  const total = listed.reduce((sum, { rows }) => sum + rows, 0)
  if (total === 0) return null
  return (
    <div class="outcomes">
      <div class="outcome-bar" aria-hidden="true">
        {listed.map(({ name, rows, kind }) => (
          <span key={name} class={`outcome-part outcome-${kind}`} style={{ flexGrow: rows }} />
        ))}
      </div>
      <ul class="outcome-list">
        {listed.map(({ name, rows, kind }) => (
          <li key={name} title={SAID[kind]}>
            <span class={`outcome-dot outcome-${kind}`} aria-hidden="true" />
            {outcomeName(name)} <b>{countOf(rows)}</b>
            <span class="unseen">, {SAID[kind]}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
