import { Button, FileButton } from "@mantine/core";
import { IconFileCertificate } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { fromFile, type Key, type Way } from "./keys";
import { KeyTrouble } from "./KeyTrouble";

/** Signing with the file of a key that countersign person made; only for who has such a key in force. */
export function FileWay({ list, onUse }: { list: Key[]; onUse: (way: Way) => void }) {
  const { t } = useTranslation();
  const read = useMutation({ mutationFn: (file: File) => fromFile(file, list), onSuccess: onUse });
  if (!list.some((k) => k.holder === "file" && k.state === "active")) return null;
  return (
    <>
      {read.isError && <KeyTrouble error={read.error} />}
      <FileButton onChange={(file) => file && read.mutate(file)} accept=".key,.pem">
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFileCertificate size={18} aria-hidden />}>
            {t("signing.with.file")}
          </Button>
        )}
      </FileButton>
    </>
  );
}
