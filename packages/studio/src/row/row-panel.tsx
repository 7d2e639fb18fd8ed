import type { JSX } from 'preact'
import { thumbnailOf } from '../api/search.ts'
import { addressOf } from '../question/link.ts'
import { forWords, NOTHING, withPart } from '../question/query.ts'
import { asked, askFor, results } from '../search/asked.ts'
import { ForgetButton } from './forget-button.tsx'
import { LineageTree } from './lineage-tree.tsx'
import { Neighbours } from './neighbours.tsx'
import { PromptText } from './prompt-text.tsx'
import { Rating } from './rating.tsx'
import { RowActions } from './row-actions.tsx'
import { rowAddress } from './row-address.ts'
import { RowFacts } from './row-facts.tsx'
import type { KnownRow } from './use-row.ts'

interface RowPanelProps {
  readonly id: string
  readonly known: KnownRow
  readonly onForgotten: () => void
}

/** Everything about a row but its picture. */
export function RowPanel({ id, known, onForgotten }: RowPanelProps): JSX.Element {
  const { item, row, lineage } = known
  return (
    <aside class="row-panel">
      <h1 class="unseen">Prompt</h1>
      {item && (
        <>
          <PromptText
            key={`prompt ${id}`}
            prompt={item.prompt}
            hint="Search for"
            hrefOf={(phrase) => addressOf(forWords(phrase))}
            onPhrase={searchPhrase}
          />
          <RowActions item={item} />
          <Rating key={id} id={id} rating={lineage?.rating ?? null} />
          <RowFacts item={item} row={row} lineage={lineage} />
          <Copies id={id} />
          {lineage && <LineageTree lineage={lineage} />}
          <Neighbours id={id} hasPicture={item.hasPicture} />
          <ForgetButton key={`forget ${id}`} id={id} onForgotten={onForgotten} />
        </>
      )}
    </aside>
  )
}

function searchPhrase(phrase: string, minus: boolean): void {
  if (!minus) askFor(forWords(phrase))
  else askFor(withPart(asked.value ?? NOTHING, { kind: 'words', text: phrase, minus }))
}

/** The near-duplicates that are folded into the row. */
function Copies({ id }: { id: string }): JSX.Element | null {
  const hit = results.value?.hits.value.find((each) => each.id === id)
  if (!hit || hit.copyCount === 0) return null
  return (
    <details class="copies">
      <summary>{hit.copyCount === 1 ? '1 near-duplicate' : `${hit.copyCount} near-duplicates`} folded into it</summary>
      <ul class="strip">
        {hit.copies.map((copy) => (
          <li key={copy}>
            <a href={rowAddress(copy, asked.value)}>
              <img src={thumbnailOf(copy, 256)} alt="Near-duplicate" loading="lazy" />
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
