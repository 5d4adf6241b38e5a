import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../ui/ProblemNote";
import { OtherDigest } from "./digest";
import { WrongFile } from "./keys";

/** Why a key did not sign, and what to do. */
function words(error: unknown): string | undefined {
  if (error instanceof OtherDigest) return "otherDigest";
  if (error instanceof WrongFile) return "wrongFile";
  if (!(error instanceof DOMException)) return undefined;
  switch (error.name) {
    case "InvalidStateError":
      return "registeredHere";
    case "NotSupportedError":
    case "SecurityError":
      return "notSupported";
    default:
      return "notUsed"; // the person said no, or was too slow: browsers do not tell which
  }
}

export function KeyTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const told = words(error);
  if (!told) return <ProblemNote error={error} />;
  return (
    <Alert role="alert" color="orange" variant="light" icon={<IconAlertTriangle size={18} />}>
      <Text size="sm">{t(`signing.trouble.${told}`)}</Text>
    </Alert>
  );
}
