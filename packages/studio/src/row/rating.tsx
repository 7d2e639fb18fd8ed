import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { rateRow } from '../api/loop.ts'
import { Icon } from '../interface/icon.tsx'
import { notifyFailure } from '../interface/notice.tsx'

const STARS = [1, 2, 3, 4, 5]
const THANKS = 'Thank you: better rated rows can be filtered for.'

/** Five stars to rate a row by. */
export function Rating({ id, rating }: { id: string; rating: number | null }): JSX.Element {
  const own = useSignal<number | null>(null)
  const stored = useSignal(false)
  const shown = own.value ?? Math.round(rating ?? 0)
  const rate = async (stars: number) => {
    const before = own.value
    own.value = stars
    stored.value = false
    try {
      await rateRow(id, stars)
      stored.value = own.value === stars
    } catch (error) {
      own.value = before
      notifyFailure(error)
    }
  }
  return (
    <fieldset class="stars">
      <legend class="unseen">Rating</legend>
      {STARS.map((stars) => (
        <label key={stars} data-on={stars <= shown || undefined} title={`${stars} of 5`}>
          <input
            type="radio"
            class="unseen"
            name="rating"
            value={stars}
            checked={shown === stars}
            onChange={() => void rate(stars)}
          />
          <span class="unseen">{stars === 1 ? '1 star' : `${stars} stars`}</span>
          <Icon name="star" size={22} />
        </label>
      ))}
      <span class="fine" role="status">
        {stored.value ? THANKS : rating && !own.value ? `Mean ${rating.toFixed(1)}` : ''}
      </span>
    </fieldset>
  )
}
