import type { JsonObject } from '../metadata/tool-json.ts'

/** ComfyUI's default text-to-image workflow, in API format. */
export function textToImage(changes: JsonObject = {}): JsonObject {
  return {
    3: {
      class_type: 'KSampler',
      inputs: {
        seed: 1,
        steps: 20,
        cfg: 8,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['5', 0],
      },
      _meta: { title: 'KSampler' },
    },
    4: {
      class_type: 'CheckpointLoaderSimple',
      inputs: { ckpt_name: 'base.safetensors' },
      _meta: { title: 'Load Checkpoint' },
    },
    5: { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    6: {
      class_type: 'CLIPTextEncode',
      inputs: { text: 'a cat', clip: ['4', 1] },
      _meta: { title: 'CLIP Text Encode (Prompt)' },
    },
    7: { class_type: 'CLIPTextEncode', inputs: { text: 'lowres', clip: ['4', 1] } },
    8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
    9: { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyUI', images: ['8', 0] } },
    ...changes,
  }
}
