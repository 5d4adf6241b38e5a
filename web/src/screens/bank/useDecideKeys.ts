import { useLocalStorage } from "@mantine/hooks";
import { useKeysOn } from "../../ui/keys";

/** Whether single letters decide and change the case: turned off here, or everywhere in the settings (WCAG 2.1.4). */
export function useDecideKeys() {
  const [everywhere] = useKeysOn();
  const [wanted, setOn] = useLocalStorage({ key: "countersign.decideByKey", defaultValue: true });
  return { on: everywhere && wanted, setOn, everywhere };
}
