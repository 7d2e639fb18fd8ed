import type { JSX } from 'preact'
import type { Query } from '../question/query.ts'
import { asked, askFor } from './asked.ts'

/** Pictures or prompts: what is wanted. */
export function FindSwitch(): JSX.Element {
  const { find } = asked.value
  const ask = (wanted: Query['find']) => askFor({ ...asked.value, find: wanted })
  return (
    <fieldset class="segments">
      <legend class="unseen">What to find</legend>
      {(['pictures', 'prompts'] as const).map((each) => (
        <label key={each} data-on={find === each || undefined}>
          <input
            type="radio"
            class="unseen"
            name="find"
            value={each}
            checked={find === each}
            onChange={() => ask(each)}
          />
          {each === 'pictures' ? 'Pictures' : 'Prompts'}
        </label>
      ))}
    </fieldset>
  )
}
