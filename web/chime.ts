// A short sound for news. Browsers allow one only to a page that was touched before.

const NOTES_HZ = [660, 880];
const NOTE_S = 0.14;
/** As loud as it may be. */
const LOUDEST = 0.24;
const USUAL = 0.5;

let context: AudioContext | undefined;

/** Two notes, made on the spot: there is no file to fetch. `volume` goes from 0 to 1. */
export function chime(volume = USUAL): void {
  const { userActivation } = navigator as { userActivation?: UserActivation };
  if (userActivation?.hasBeenActive === false) return;
  const audio = (context ??= new AudioContext());
  void audio.resume();
  NOTES_HZ.forEach((hertz, at) => {
    const begin = audio.currentTime + at * NOTE_S;
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(Math.max(0.001, volume * LOUDEST), begin);
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + NOTE_S * 2);
    tone.connect(loudness).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + NOTE_S * 2);
  });
}
