/**
 * What the sketch painter can draw, by kind, each concept with the words and phrases that name it. Lower case; plurals
 * in -s and -es need no entry of their own. A phrase belongs to one concept only.
 */
export const SUBJECTS = {
  cat: ['cat', 'kitten', 'tabby'],
  dog: ['dog', 'puppy', 'hound'],
  fox: ['fox', 'vixen', 'red fox'],
  rabbit: ['rabbit', 'bunny', 'hare'],
  owl: ['owl', 'barn owl'],
  bird: ['bird', 'swallow', 'sparrow', 'seagull'],
  penguin: ['penguin'],
  horse: ['horse', 'stallion', 'mare'],
  unicorn: ['unicorn'],
  deer: ['deer', 'stag', 'elk'],
  elephant: ['elephant', 'mammoth'],
  giraffe: ['giraffe'],
  bear: ['bear', 'teddy bear', 'grizzly'],
  whale: ['whale', 'blue whale'],
  fish: ['fish', 'goldfish', 'koi'],
  octopus: ['octopus', 'kraken', 'squid'],
  jellyfish: ['jellyfish'],
  turtle: ['turtle', 'tortoise'],
  butterfly: ['butterfly', 'moth'],
  dragon: ['dragon', 'wyvern'],
  tree: ['tree', 'oak', 'old tree'],
  mushroom: ['mushroom', 'toadstool'],
  flower: ['flower', 'sunflower', 'daisy'],
  rose: ['rose'],
  cactus: ['cactus', 'cacti'],
  crystal: ['crystal', 'gemstone', 'diamond'],
  castle: ['castle', 'fortress', 'palace'],
  lighthouse: ['lighthouse', 'beacon'],
  cottage: ['cottage', 'cabin', 'small house', 'house'],
  windmill: ['windmill', 'mill'],
  skyscraper: ['skyscraper', 'tower', 'high-rise'],
  pagoda: ['pagoda', 'japanese temple', 'shrine'],
  pyramid: ['pyramid'],
  tent: ['tent', 'campsite', 'circus tent'],
  ship: ['ship', 'sailing ship', 'sailboat', 'galleon', 'boat'],
  submarine: ['submarine'],
  rocket: ['rocket', 'spaceship', 'starship'],
  ufo: ['ufo', 'flying saucer'],
  balloon: ['hot air balloon', 'balloon', 'airship'],
  airplane: ['airplane', 'plane', 'biplane', 'aircraft'],
  car: ['car', 'vintage car', 'automobile'],
  train: ['train', 'locomotive', 'steam train'],
  bicycle: ['bicycle', 'bike'],
  astronaut: ['astronaut', 'cosmonaut', 'spaceman'],
  robot: ['robot', 'android', 'droid', 'mech'],
  wizard: ['wizard', 'sorcerer', 'mage', 'witch'],
  knight: ['knight', 'paladin', 'warrior'],
  woman: ['woman', 'girl', 'lady', 'princess', 'queen'],
  man: ['man', 'boy', 'gentleman', 'king'],
  snowman: ['snowman'],
  skull: ['skull'],
  teapot: ['teapot', 'kettle'],
  cup: ['cup of coffee', 'coffee cup', 'cup of tea', 'mug', 'cup'],
  clock: ['clock', 'pocket watch', 'clockwork'],
  lantern: ['lantern', 'lamp'],
  umbrella: ['umbrella', 'parasol'],
  guitar: ['guitar', 'violin', 'cello'],
  crown: ['crown', 'tiara'],
  hourglass: ['hourglass'],
  sword: ['sword', 'blade', 'katana'],
} as const satisfies Concepts

/** Where it is set. */
export const SETTINGS = {
  mountains: ['mountain', 'mountains', 'alps', 'mountain range', 'snowy peaks'],
  forest: ['forest', 'pine forest', 'woods', 'woodland'],
  jungle: ['jungle', 'rainforest', 'tropical forest'],
  desert: ['desert', 'sand dunes', 'dunes', 'sahara'],
  canyon: ['canyon', 'red rocks', 'mesa'],
  sea: ['sea', 'ocean', 'stormy sea', 'waves', 'open water'],
  beach: ['beach', 'seashore', 'tropical island', 'coast'],
  lake: ['lake', 'pond', 'calm water'],
  underwater: ['underwater', 'deep sea', 'coral reef', 'under the sea'],
  city: ['city', 'cityscape', 'downtown', 'skyline', 'metropolis', 'street'],
  village: ['village', 'medieval village', 'small town', 'town'],
  meadow: ['meadow', 'field of flowers', 'flower field', 'wildflowers', 'grass'],
  hills: ['hills', 'green hills', 'rolling hills', 'countryside', 'farmland'],
  snow: ['snow', 'winter', 'snowy landscape', 'tundra', 'ice'],
  volcano: ['volcano', 'lava', 'erupting volcano'],
  space: ['space', 'outer space', 'galaxy', 'nebula', 'cosmos', 'milky way'],
  moonscape: ['alien planet', 'on the moon', 'lunar surface', 'on mars'],
  clouds: ['above the clouds', 'in the clouds', 'sea of clouds', 'clouds'],
  ruins: ['ruins', 'ancient ruins', 'greek columns', 'ancient temple'],
  garden: ['cherry blossom', 'cherry trees', 'blossoming garden', 'garden', 'sakura'],
  room: ['room', 'interior', 'library', 'living room', 'indoors'],
  studio: ['studio background', 'plain background', 'simple background', 'white background', 'isolated'],
} as const satisfies Concepts

/** The hour, which decides sky and light. */
export const TIMES = {
  dawn: ['dawn', 'sunrise', 'early morning'],
  noon: ['noon', 'midday', 'sunny day', 'daylight', 'blue sky', 'bright day'],
  sunset: ['sunset', 'golden hour', 'evening'],
  dusk: ['dusk', 'twilight', 'blue hour'],
  night: ['night', 'midnight', 'moonlight', 'starry night', 'moonlit', 'starry sky', 'full moon'],
  overcast: ['overcast', 'cloudy', 'grey sky', 'gloomy'],
} as const satisfies Concepts

/** What falls or hangs in the air. */
export const WEATHERS = {
  rain: ['rain', 'rainy', 'rainstorm', 'downpour'],
  snowfall: ['snowfall', 'snowing', 'blizzard', 'falling snow'],
  fog: ['fog', 'foggy', 'mist', 'misty', 'haze'],
  lightning: ['lightning', 'thunderstorm', 'storm'],
} as const satisfies Concepts

/** Colours that the whole picture is pulled towards. */
export const PALETTES = {
  monochrome: ['monochrome', 'black and white', 'greyscale', 'grayscale', 'noir'],
  sepia: ['sepia', 'vintage', 'aged paper', 'retro'],
  pastel: ['pastel', 'pastel colors', 'soft colors', 'pale'],
  vivid: ['vivid', 'vibrant', 'vibrant colors', 'colorful', 'bright colors', 'saturated'],
  'teal and orange': ['teal and orange', 'orange and teal', 'cinematic', 'cinematic lighting'],
  crimson: ['crimson', 'red', 'scarlet', 'shades of red', 'blood red'],
  gold: ['golden', 'gold', 'amber', 'yellow', 'shades of gold'],
  emerald: ['emerald', 'green', 'shades of green', 'jade'],
  azure: ['azure', 'blue', 'shades of blue', 'cobalt', 'cyan'],
  violet: ['violet', 'purple', 'shades of purple', 'lavender', 'indigo'],
  pink: ['pink', 'magenta', 'rose pink', 'shades of pink', 'vaporwave', 'synthwave'],
} as const satisfies Concepts

/** How the subject stands in the frame. */
export const COMPOSITIONS = {
  centred: ['centered', 'centred', 'symmetrical', 'centered composition'],
  'close-up': ['close-up', 'close up', 'closeup', 'macro', 'portrait', 'headshot', 'portrait of'],
  wide: ['wide shot', 'wide angle', 'panorama', 'panoramic', 'landscape', 'far away', 'distant'],
  thirds: ['rule of thirds', 'off-center', 'asymmetrical', 'to one side'],
  'low angle': ['low angle', 'from below', 'towering', 'giant', 'epic scale'],
  silhouette: ['silhouette', 'backlit', 'backlight'],
  pair: ['pair of', 'two', 'couple of', 'twin'],
  round: ['round frame', 'in a circle', 'circular frame', 'badge', 'emblem', 'logo'],
} as const satisfies Concepts

/** The technique it is painted in; each looks different from all others. */
export const STYLES = {
  watercolour: ['watercolour', 'watercolor', 'aquarelle', 'watercolor painting'],
  oil: ['oil painting', 'oil on canvas', 'impressionist', 'impasto', 'van gogh', 'monet', 'brush strokes'],
  pixel: ['pixel art', '8-bit', '8 bit', '16-bit', 'pixelated', 'retro game'],
  neon: ['neon', 'neon lights', 'cyberpunk', 'neon sign', 'glowing lines'],
  'low-poly': ['low poly', 'low-poly', 'polygonal', 'geometric'],
  ink: ['ink drawing', 'ink', 'pen and ink', 'line art', 'black ink', 'sumi-e'],
  pencil: ['pencil', 'pencil drawing', 'pencil sketch', 'graphite', 'charcoal', 'sketch'],
  poster: ['flat poster', 'poster', 'travel poster', 'flat design', 'vector art', 'minimalist', 'art deco'],
  glass: ['stained glass', 'stained glass window', 'leaded glass', 'tiffany', 'mucha', 'art nouveau'],
  comic: ['comic book', 'comic', 'pop art', 'halftone', 'graphic novel', 'manga', 'cartoon'],
  pointillism: ['pointillism', 'pointillist', 'dots', 'seurat'],
  'paper cut': ['paper cut', 'papercut', 'paper cutout', 'layered paper', 'origami', 'paper art'],
  blueprint: ['blueprint', 'technical drawing', 'schematic', 'diagram'],
  chalk: ['chalk', 'chalkboard', 'chalk drawing', 'blackboard'],
  mosaic: ['mosaic', 'roman mosaic', 'tiles', 'byzantine'],
  linocut: ['linocut', 'woodcut', 'woodblock print', 'ukiyo-e', 'hokusai', 'block print', 'engraving'],
  'cross stitch': ['cross stitch', 'cross-stitch', 'embroidery', 'embroidered', 'needlework'],
  photo: ['photograph', 'photo', 'photorealistic', '35mm', '35mm photo', 'bokeh', 'depth of field', 'film grain'],
  clay: ['clay', 'claymation', '3d render', 'octane render', 'plasticine', 'blender', 'unreal engine'],
  illustration: ['illustration', 'digital painting', 'digital art', 'concept art', 'storybook illustration'],
} as const satisfies Concepts

/** Concepts of one kind: the name, and the phrases that mean it, the most usual first. */
export type Concepts = Readonly<Record<string, readonly string[]>>

export type Subject = keyof typeof SUBJECTS
export type Setting = keyof typeof SETTINGS
export type Time = keyof typeof TIMES
export type Weather = keyof typeof WEATHERS
export type Palette = keyof typeof PALETTES
export type Composition = keyof typeof COMPOSITIONS
export type Style = keyof typeof STYLES

/** All kinds, by the name of the scene's field that they decide. */
export const KINDS = {
  subject: SUBJECTS,
  setting: SETTINGS,
  time: TIMES,
  weather: WEATHERS,
  palette: PALETTES,
  composition: COMPOSITIONS,
  style: STYLES,
} as const

export type Kind = keyof typeof KINDS
