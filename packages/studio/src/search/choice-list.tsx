import type { JSX } from 'preact'

interface ChoiceListProps {
  readonly name: string
  readonly chosen: string
  /** Value and label of each. */
  readonly choices: readonly (readonly [string, string])[]
  readonly onChoose: (value: string) => void
  /** A pointer has chosen; the arrow keys may go on choosing. */
  readonly onDone: () => void
}

/** One of several, in a menu. */
export function ChoiceList({ name, chosen, choices, onChoose, onDone }: ChoiceListProps): JSX.Element {
  return (
    <>
      {choices.map(([value, label]) => (
        <label key={value} class="choice" onPointerUp={() => setTimeout(onDone)}>
          <input type="radio" name={name} value={value} checked={value === chosen} onChange={() => onChoose(value)} />
          <span>{label}</span>
        </label>
      ))}
    </>
  )
}
