import type { JSX } from 'preact'
import { Menu } from '../interface/menu.tsx'
import { MOST_PICTURES, type PaintSettings, paintSettings, SHAPES } from './paint-settings.ts'

const SHAPE_NAMES = { square: 'Square', portrait: 'Tall', landscape: 'Wide' } as const

/** How pictures are painted. */
export function PaintSettingsForm(): JSX.Element {
  const settings = paintSettings.value
  const put = (change: Partial<PaintSettings>) => {
    paintSettings.value = { ...paintSettings.value, ...change }
  }
  const pictures = settings.count === 1 ? '1 picture' : `${settings.count} pictures`
  return (
    <Menu label={`${pictures}, ${SHAPE_NAMES[settings.shape].toLowerCase()}`} name="How to paint">
      <div class="paint-settings">
        <fieldset class="segments">
          <legend class="unseen">Shape</legend>
          {(Object.keys(SHAPES) as (keyof typeof SHAPES)[]).map((shape) => (
            <label key={shape} data-on={settings.shape === shape || undefined}>
              <input
                type="radio"
                class="unseen"
                name="shape"
                checked={settings.shape === shape}
                onChange={() => put({ shape })}
              />
              {SHAPE_NAMES[shape]}
            </label>
          ))}
        </fieldset>
        <label class="field">
          Pictures
          <input
            type="number"
            min={1}
            max={MOST_PICTURES}
            value={settings.count}
            onInput={({ currentTarget }) => {
              if (currentTarget.checkValidity() && currentTarget.value) put({ count: Number(currentTarget.value) })
            }}
          />
        </label>
        <label class="field">
          Not in the picture
          <input
            type="text"
            placeholder="blurry, watermark"
            value={settings.negativePrompt}
            onInput={({ currentTarget }) => put({ negativePrompt: currentTarget.value })}
          />
        </label>
        <label class="field">
          Seed
          <input
            type="text"
            inputMode="numeric"
            placeholder="random"
            value={settings.seed}
            onInput={({ currentTarget }) => put({ seed: currentTarget.value })}
          />
        </label>
        <label class="field">
          Steps
          <input
            type="text"
            inputMode="numeric"
            placeholder="the painter’s own"
            value={settings.steps}
            onInput={({ currentTarget }) => put({ steps: currentTarget.value })}
          />
        </label>
      </div>
    </Menu>
  )
}
