// A short sound for an answer. Browsers allow one only to a chat that was touched before.

const NOTES_HZ = [660, 880];
const NOTE_S = 0.14;
const VOLUME = 0.12;

let context: AudioContext | undefined;

/** Two notes, made on the spot: there is no file to fetch. */
export function chime(): void {
  const { userActivation } = navigator as { userActivation?: UserActivation };
  if (userActivation?.hasBeenActive === false) return;
  const audio = (context ??= new AudioContext());
  void audio.resume();
  NOTES_HZ.forEach((hertz, at) => {
    const begin = audio.currentTime + at * NOTE_S;
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(VOLUME, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + NOTE_S * 2);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + NOTE_S * 2);
  });
}
