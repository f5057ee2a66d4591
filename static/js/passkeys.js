// Passkeys (WebAuthn Level 2): a form with data-passkey makes or asks for one and sends the answer as its field
// `credential`. The options stand in the page (data-options names the element) or are fetched (data-options-from).

function octets(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (octet) => String.fromCharCode(octet));
  return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function listed(credentials = []) {
  return credentials.map((one) => ({ ...one, id: octets(one.id) }));
}

function creationOptions({ publicKey }) {
  return {
    ...publicKey,
    challenge: octets(publicKey.challenge),
    user: { ...publicKey.user, id: octets(publicKey.user.id) },
    excludeCredentials: listed(publicKey.excludeCredentials),
    authenticatorSelection: {
      ...publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
}

function requestOptions({ publicKey }) {
  return {
    ...publicKey,
    challenge: octets(publicKey.challenge),
    allowCredentials: listed(publicKey.allowCredentials),
  };
}

function asJson(credential) {
  const { response } = credential;
  const given = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    given.attestationObject = text(response.attestationObject);
    given.transports = response.getTransports?.() ?? [];
  } else {
    given.authenticatorData = text(response.authenticatorData);
    given.signature = text(response.signature);
    given.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    response: given,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

// What the server leaves empty is null there; a browser wants it absent.
function read(json) {
  return JSON.parse(json, (_, value) => value ?? undefined);
}

async function optionsOf(form) {
  if (!form.dataset.optionsFrom) {
    return read(document.getElementById(form.dataset.options).textContent);
  }
  const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
  const answer = await fetch(form.dataset.optionsFrom, { headers });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return read(await answer.text()).request_options;
}

async function credentialFor(form) {
  const options = await optionsOf(form);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: creationOptions(options) })
    : navigator.credentials.get({ publicKey: requestOptions(options) });
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  const button = form.querySelector("[data-passkey-button]");
  const problem = form.querySelector("[data-passkey-problem]");
  button.hidden = false;
  for (const one of form.querySelectorAll("[data-with-passkey]")) one.hidden = false;
  button.addEventListener("click", async () => {
    const needed = form.querySelectorAll("input[required]");
    if ([...needed].some((input) => !input.reportValidity())) return;
    problem.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = asJson(await credentialFor(form));
      form.submit();
    } catch {
      problem.hidden = false;
      button.disabled = false;
    }
  });
}
