import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Failed } from '../interface/failed.tsx'
import { Icon } from '../interface/icon.tsx'
import { addressOf } from '../question/link.ts'
import { forWords } from '../question/query.ts'
import { PictureWall } from '../results/picture-wall.tsx'
import { rowAddress } from '../row/row-address.ts'
import { showsCaptions } from './answer-line.tsx'
import { asked } from './asked.ts'
import { collection } from './collection-facts.ts'
import { around, lookAgain, lookFailure, lookFurther, order } from './looking-around.ts'

/** Questions that show what can be asked. */
const EXAMPLES = [
  'a lighthouse in a storm',
  'watercolour of a fox',
  'castle at night',
  'a robot among flowers',
  'pixel art',
]

/** What shows before anything is asked: what there is, what can be asked, and the collection itself. */
export function FrontPage(): JSX.Element {
  useEffect(() => {
    if (around.value.length === 0) void lookFurther()
  }, [])
  const status = collection.value
  const count = (value: number) => value.toLocaleString('en')
  return (
    <>
      <section class="front">
        <h1>
          What did others say to <em>get that picture?</em>
        </h1>
        <p>
          {status
            ? `${count(status.prompts)} prompts and ${count(status.pictures)} pictures, woven into one memory. `
            : 'Prompts and their pictures, woven into one memory. '}
          Describe what you have in mind, or drop a picture anywhere.
        </p>
        <ul class="examples" aria-label="Examples">
          {EXAMPLES.map((words) => (
            <li key={words}>
              <a class="chip" href={addressOf(forWords(words))}>
                {words}
              </a>
            </li>
          ))}
        </ul>
      </section>
      <div class="answer-line">
        <fieldset class="segments">
          <legend class="unseen">Order</legend>
          {(['shuffled', 'newest'] as const).map((each) => (
            <label key={each} data-on={order.value === each || undefined}>
              <input
                type="radio"
                class="unseen"
                name="order"
                checked={order.value === each}
                onChange={() => lookAgain(each)}
              />
              {each === 'shuffled' ? 'Shuffled' : 'Newest'}
            </label>
          ))}
        </fieldset>
        {order.value === 'shuffled' && (
          <button type="button" class="quiet" onClick={() => lookAgain('shuffled')}>
            <Icon name="dice" size={18} /> Shuffle
          </button>
        )}
      </div>
      <PictureWall
        items={around.value}
        label="The collection"
        captions={showsCaptions()}
        hrefOf={(item) => rowAddress(item.id, asked.value)}
        onEnd={() => {
          if (lookFailure.value === null) void lookFurther()
        }}
      />
      {lookFailure.value && <Failed message={lookFailure.value.message} onRetry={() => void lookFurther()} />}
    </>
  )
}
