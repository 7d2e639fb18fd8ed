import type { Answer } from '@promptloom/search/answer'
import type { JSX } from 'preact'
import { Icon } from '../interface/icon.tsx'
import { hovers } from '../interface/media-query.ts'
import { Menu } from '../interface/menu.tsx'
import { storedSignal } from '../interface/stored-signal.ts'
import type { Query } from '../question/query.ts'
import type { Results } from '../results/results.ts'
import { asked, askFor } from './asked.ts'

const choice = storedSignal<boolean | null>('captions', null, (value) => value === null || typeof value === 'boolean')

/** Whether captions stand below the pictures: as chosen, else where nothing hovers. */
export function showsCaptions(): boolean {
  return choice.value ?? !hovers.value
}

/** What was found in a sentence, how it was cut off, and how it is shown. */
export function AnswerLine({ results }: { results: Results }): JSX.Element {
  const answer = results.answer.value
  const isStandIn = answer?.model.standIn
  return (
    <div class="answer-line">
      <p role="status">
        {answer ? sentenceOf(answer, results) : results.failure.value ? '' : 'Searching …'}
        {isStandIn && <span class="stand-in">model stands in for {isStandIn}</span>}
      </p>
      {answer && <HowMenu answer={answer} />}
      {asked.value.find === 'pictures' && (
        <button
          type="button"
          class="quiet"
          aria-pressed={showsCaptions()}
          title="Captions below the pictures"
          aria-label="Captions below the pictures"
          onClick={() => {
            choice.value = !showsCaptions()
          }}
        >
          <Icon name="caption" />
        </button>
      )}
    </div>
  )
}

function sentenceOf(answer: Answer, results: Results): string {
  if (answer.hits.length === 0) return ''
  const { length } = results.hits.value
  const folded = results.hits.value.reduce((sum, { copyCount }) => sum + copyCount, 0)
  const what = answer.find === 'pictures' ? 'pictures' : 'prompts'
  const count = `${length.toLocaleString('en')}${answer.more ? '+' : ''} ${length === 1 ? what.slice(0, -1) : what}, nearest first`
  return folded > 0
    ? `${count}, ${folded.toLocaleString('en')} ${folded === 1 ? 'near-duplicate' : 'near-duplicates'} folded.`
    : `${count}.`
}

/** How the answer came about, and what of that can be chosen. */
function HowMenu({ answer }: { answer: Answer }): JSX.Element {
  const { cutoff, warnings, timings, model } = answer
  return (
    <Menu plain name="How these were found" label={<Icon name="info" />}>
      <div class="how">
        <p>{cutoff.note}</p>
        {warnings.map((warning) => (
          <p key={warning} class="warning">
            {warning}
          </p>
        ))}
        <Switch name="cutoff" label="Leave out what is no nearer than chance" />
        <Switch name="fold" label="Show near-duplicates as one" />
        <Switch name="hybrid" label="Look for the very words too" />
        <p class="fine">
          σ counts standard deviations above random rows. Model {model.name}; {Math.round(timings.total ?? 0)} ms.
        </p>
      </div>
    </Menu>
  )
}

function Switch({
  name,
  label,
}: {
  name: keyof Pick<Query, 'cutoff' | 'fold' | 'hybrid'>
  label: string
}): JSX.Element {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={asked.value[name]}
        onChange={(event) => askFor({ ...asked.value, [name]: event.currentTarget.checked })}
      />
      <span>{label}</span>
    </label>
  )
}
