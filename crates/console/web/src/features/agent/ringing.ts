// An offer is heard and seen, also while the page is behind others: a tone, the title, and a
// notification where the browser allows one. None of them names the caller.

import { onScopeDispose, ref, watch, type Ref } from "vue";
import { t } from "@/shared/i18n";
import { hotline } from "@/shared/person";

/** Whether the browser shows notifications: only over HTTPS and only when the person has allowed it. */
export const canNotify = ref(typeof Notification === "undefined" || !window.isSecureContext ? "off" : Notification.permission);

export async function allowNotifications() {
  canNotify.value = await Notification.requestPermission();
}

export function useRinging(isRinging: Ref<boolean>) {
  let sound: AudioContext | null = null;
  let beat: number | undefined;
  let notice: Notification | null = null;

  function tone() {
    sound ??= new AudioContext();
    const [oscillator, gain] = [sound.createOscillator(), sound.createGain()];
    oscillator.frequency.value = TONE_HZ;
    gain.gain.setValueAtTime(0.2, sound.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + TONE_S);
    oscillator.connect(gain).connect(sound.destination);
    oscillator.start();
    oscillator.stop(sound.currentTime + TONE_S);
  }

  function stop() {
    window.clearInterval(beat);
    notice?.close();
    notice = null;
    document.title = hotline.value;
  }

  watch(isRinging, (rings) => {
    stop();
    if (!rings) return;
    document.title = `● ${t("offer_rings")} · ${hotline.value}`;
    tone();
    beat = window.setInterval(tone, BEAT_MS);
    if (canNotify.value === "granted" && document.visibilityState === "hidden") {
      notice = new Notification(t("offer_rings"), { body: t("pick_up_phone"), tag: "offer", requireInteraction: true });
      notice.onclick = () => window.focus();
    }
  }, { immediate: true });

  onScopeDispose(() => {
    stop();
    void sound?.close();
  });
}

const TONE_HZ = 880;
const TONE_S = 0.6;
const BEAT_MS = 2_000;
