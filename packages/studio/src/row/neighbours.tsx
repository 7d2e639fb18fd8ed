import type { Hit } from '@promptloom/search/answer'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ask, thumbnailOf } from '../api/search.ts'
import { addressOf } from '../question/link.ts'
import { likeRow } from '../question/query.ts'
import { sizeOf, standInOf } from '../results/wall-item.ts'
import { asked } from '../search/asked.ts'
import { rowAddress } from './row-address.ts'

const SHOWN = 12

/** The rows most like one, as a strip. */
export function Neighbours({ id, hasPicture }: { id: string; hasPicture: boolean }): JSX.Element | null {
  const hits = useNeighbours(id, hasPicture)
  if (hits?.length === 0) return null
  return (
    <section aria-labelledby="neighbours-heading">
      <h2 id="neighbours-heading">
        Neighbours{' '}
        <a class="neighbours-all" href={addressOf(likeRow(id))}>
          all
        </a>
      </h2>
      <ul class="strip">
        {hits === undefined
          ? Array.from({ length: 6 }, (_, index) => <li key={index} class="strip-waiting" />)
          : hits.map((hit) => (
              <li key={hit.id}>
                <a href={rowAddress(hit.id, asked.value)} title={hit.prompt}>
                  {hit.hasPicture ? (
                    <img src={thumbnailOf(hit.id, 256)} alt={hit.prompt.slice(0, 200)} loading="lazy" />
                  ) : (
                    <span class="strip-words">{hit.prompt.slice(0, 80)}</span>
                  )}
                  {standInOf(hit) && <span class="unseen">stand-in {sizeOf(hit)}</span>}
                </a>
              </li>
            ))}
      </ul>
    </section>
  )
}

function useNeighbours(id: string, hasPicture: boolean): readonly Hit[] | undefined {
  const [hits, setHits] = useState<readonly Hit[]>()
  useEffect(() => {
    const stop = new AbortController()
    setHits(undefined)
    const find = hasPicture ? 'pictures' : 'prompts'
    ask({ find, terms: [{ id }], k: SHOWN + 1, cutoff: false }, { signal: stop.signal }).then(
      (answer) => setHits(answer.hits.filter((hit) => hit.id !== id).slice(0, SHOWN)),
      () => stop.signal.aborted || setHits([]),
    )
    return () => stop.abort()
  }, [id, hasPicture])
  return hits
}
