import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import type { Schemas } from "../../api/client";
import type { Trace } from "./queries";

type Signer = Schemas["Step"]["signers"][number];

/** Who signed a step, in words: by name where the reader may know it, else how many for whom. */
export function useSigners(): (signers: readonly Signer[]) => string {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (signers) => {
    const nameless = new Map<string, number>();
    const said: string[] = [];
    for (const { name, organisation } of signers) {
      if (name) said.push(t("trace.signer", { name, organisation: nameOf(organisation) }));
      else nameless.set(organisation, (nameless.get(organisation) ?? 0) + 1);
    }
    for (const [organisation, count] of nameless) said.push(t("trace.signers", { name: nameOf(organisation), count }));
    return said.join(t("trace.and"));
  };
}

/** The signer of one line of a proof. */
export function signerIn(of: Trace, organisation: string, person: string): Signer {
  const all = of.events.flatMap((e) => e.step.signers);
  return all.find((s) => s.organisation === organisation && s.person === person) ?? { organisation, person };
}
