import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Failed } from '../interface/failed.tsx'
import { place, scrollOf } from '../navigation.ts'
import { addressOf } from '../question/link.ts'
import { PictureWall } from '../results/picture-wall.tsx'
import { PromptWall } from '../results/prompt-wall.tsx'
import type { Results } from '../results/results.ts'
import { rowAddress } from '../row/row-address.ts'
import { AnswerLine, showsCaptions } from './answer-line.tsx'
import { asked, results } from './asked.ts'
import { EmptyAnswer } from './empty-answer.tsx'
import { FilterBar } from './filter-bar.tsx'
import { FrontPage } from './front-page.tsx'

/** The search: the answer to what the address asks, or the front page. */
export function SearchView(): JSX.Element {
  const answer = results.value
  useScroll(answer)
  if (!answer) return <FrontPage />
  return (
    <>
      <h1 class="unseen">Search</h1>
      <FilterBar />
      <AnswerLine results={answer} />
      <Found key={addressOf(answer.query)} results={answer} />
    </>
  )
}

function Found({ results }: { results: Results }): JSX.Element {
  const failure = results.failure.value
  const answer = results.answer.value
  const items = results.hits.value
  const wall = {
    items,
    hrefOf: ({ id }: { id: string }) => rowAddress(id, asked.value),
    onEnd: () => results.more(),
  }
  return (
    <>
      {answer && answer.verdict !== 'found' && <EmptyAnswer answer={answer} />}
      {!answer && !failure && <Waiting />}
      {items.length > 0 && results.query.find === 'pictures' && (
        <PictureWall {...wall} label="Pictures found" captions={showsCaptions()} />
      )}
      {items.length > 0 && results.query.find === 'prompts' && <PromptWall {...wall} label="Prompts found" />}
      {failure && <Failed message={failure.message} onRetry={() => results.retry()} />}
    </>
  )
}

/** Places of pictures that are on their way. */
function Waiting(): JSX.Element {
  return (
    <div class="waiting" aria-hidden="true">
      {Array.from({ length: 12 }, (_, index) => (
        <span key={index} data-shape={index % 3} />
      ))}
    </div>
  )
}

/** Takes the page where it was when this entry of the history was left; a new answer starts at its top. */
function useScroll(answer: Results | null): void {
  const { key, path } = place.value
  const wanted = useRef<string>(undefined)
  const loaded = answer === null || answer.answer.value !== null
  useLayoutEffect(() => {
    if (path !== '/' || wanted.current === key || !loaded) return
    wanted.current = key
    window.scrollTo(0, scrollOf(key))
  }, [key, path, loaded])
}
