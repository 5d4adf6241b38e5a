import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Money } from "../ui/Money";
import { shortDigest } from "../ui/format";

/** What a person is about to sign, in words of their language. */
export type Act = {
  /** A verb and its object: "Confirm 25 payables". */
  title: string;
  amount?: Schemas["Amount"];
  counterparty?: string;
  /** What follows from it and cannot be taken back. */
  consequence: string;
  intents: Schemas["Intent"][];
};

/** What became of one intent: its state on the ledger, or why it was refused. */
export type Signed = { intent: string; signed?: Schemas["Intent"]; problem?: Schemas["Problem"] };

/** The person closed the dialog: nothing was signed. */
export class Cancelled extends Error {}

type Signing = { sign: (act: Act) => Promise<Signed[]> };

const Context = createContext<Signing | null>(null);

/** The one way to sign: a dialog that names the act, and the key of the person. */
export function useSigning(): Signing {
  const signing = useContext(Context);
  if (!signing) throw new Error("useSigning outside of SigningProvider");
  return signing;
}

type Asked = { act: Act; done: (outcomes: Signed[]) => void; cancelled: () => void };

export function SigningProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const sign = useCallback(
    (act: Act) =>
      new Promise<Signed[]>((resolve, reject) => {
        setAsked({ act, done: resolve, cancelled: () => reject(new Cancelled()) });
      }),
    [],
  );
  const value = useMemo(() => ({ sign }), [sign]);
  return (
    <Context.Provider value={value}>
      {children}
      {asked && (
        <StepUp
          act={asked.act}
          onClose={() => {
            asked.cancelled();
            setAsked(null);
          }}
        />
      )}
    </Context.Provider>
  );
}

function StepUp({ act, onClose }: { act: Act; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={act.title} centered>
      <Stack gap="sm">
        {act.amount && <Money value={act.amount} size="lg" />}
        {act.counterparty && <Text size="sm">{act.counterparty}</Text>}
        <Text size="sm">{act.consequence}</Text>
        {act.intents.map((i) => (
          <Text key={i.id} size="xs" c="dimmed" ff="monospace" title={i.digest}>
            {shortDigest(i.digest)}
          </Text>
        ))}
        <Text size="sm">{t("signing.noKey")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
