import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { thumbnailOf } from '../api/search.ts'
import { Icon } from '../interface/icon.tsx'
import { keptPicture } from '../question/dropped-pictures.ts'
import { nameOf, type Part, turned, withoutPart } from '../question/query.ts'
import { asked, askFor } from './asked.ts'

/** The parts of the question beside its words: terms with a sign, pictures, phrases. */
export function PartChips(): JSX.Element | null {
  const { parts, phrases } = asked.value
  if (parts.length + phrases.length === 0) return null
  return (
    <ul class="parts" aria-label="Parts of the question">
      {parts.map((part) => (
        <li key={nameOf(part)}>
          <PartChip part={part} />
        </li>
      ))}
      {phrases.map((phrase) => (
        <li key={`phrase ${phrase}`} class="part">
          <span class="part-label" title="Must occur in the prompt as written">
            “{phrase}”
          </span>
          <RemoveButton
            what={phrase}
            onRemove={() => askFor({ ...asked.value, phrases: phrases.filter((other) => other !== phrase) })}
          />
        </li>
      ))}
    </ul>
  )
}

function PartChip({ part }: { part: Part }): JSX.Element {
  const what = part.kind === 'words' ? part.text : part.kind === 'row' ? 'this picture' : 'your picture'
  return (
    <span class="part" data-minus={part.minus || undefined}>
      <button
        type="button"
        class="part-sign"
        aria-label={part.minus ? `Less of ${what}; turn it to more` : `More of ${what}; turn it to less`}
        title={part.minus ? 'Away from it; click to turn' : 'Towards it; click to turn'}
        onClick={() => askFor(turned(asked.value, part))}
      >
        {part.kind === 'words' ? <span aria-hidden="true">{part.minus ? '−' : '+'}</span> : <PartPicture part={part} />}
      </button>
      {part.kind === 'words' && <span class="part-label">{part.text}</span>}
      <RemoveButton what={what} onRemove={() => askFor(withoutPart(asked.value, part))} />
    </span>
  )
}

function RemoveButton({ what, onRemove }: { what: string; onRemove: () => void }): JSX.Element {
  return (
    <button type="button" class="part-remove" aria-label={`Remove ${what}`} onClick={onRemove}>
      <Icon name="close" size={14} />
    </button>
  )
}

function PartPicture({ part }: { part: Exclude<Part, { kind: 'words' }> }): JSX.Element {
  const dropped = useDropped(part.kind === 'dropped' ? part.key : undefined)
  const source = part.kind === 'row' ? thumbnailOf(part.id, 128) : dropped
  return (
    <span class="part-picture">
      {source ? <img src={source} alt="" /> : <Icon name="picture" size={18} />}
      {part.minus && <span class="part-minus">−</span>}
    </span>
  )
}

/** Address of a dropped picture while it is shown. */
function useDropped(key: string | undefined): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (key === undefined) return
    let made: string | undefined
    let gone = false
    keptPicture(key).then(
      (picture) => {
        if (gone) return
        made = URL.createObjectURL(picture)
        setUrl(made)
      },
      () => undefined,
    )
    return () => {
      gone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [key])
  return url
}
