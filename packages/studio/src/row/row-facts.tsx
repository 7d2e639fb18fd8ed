import type { RowView } from '@promptloom/search/row-view'
import type { JSX } from 'preact'
import type { Lineage } from '../api/lineage.ts'
import { originOf, sizeOf, type WallItem } from '../results/wall-item.ts'

interface RowFactsProps {
  readonly item: WallItem
  /** Null until it is known. */
  readonly row: RowView | null
  readonly lineage: Lineage | null
}

/** What is known of a row beside its prompt. */
export function RowFacts({ item, row, lineage }: RowFactsProps): JSX.Element {
  const parameters = lineage?.nodes.find(({ id }) => id === item.id)?.parameters ?? {}
  const facts: (readonly [string, string | undefined])[] = [
    ['Size', sizeOf(item)],
    ['Source', item.source_site],
    ['Origin', originOf(item)],
    ['Found because', item.why?.map(({ note }) => note).join('; ')],
    ['Agreement', row?.clipScore == null ? undefined : `${row.clipScore.toFixed(2)} between prompt and picture`],
    ['Length', row?.truncated ? 'longer than the model reads; the rest does not count in the search' : undefined],
    ...Object.entries(parameters)
      .filter(([name, value]) => name !== 'prompt' && value !== null && value !== '')
      .map(([name, value]) => [labelOf(name), String(value)] as const),
  ]
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      {row && isWeb(row.url) && (
        <div>
          <dt>Found at</dt>
          <dd>
            <a href={row.url} target="_blank" rel="noreferrer noopener">
              {row.url}
            </a>
          </dd>
        </div>
      )}
    </dl>
  )
}

/** Whether an address may be linked: rows come from anywhere, and so do their addresses. */
function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}

function labelOf(name: string): string {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
