// Passkeys: a form with data-passkey is sent once the browser has made one ("make") or brought one ("show", "ask").
(() => {
  const { webauthnJSON } = window;
  const options = () => JSON.parse(document.getElementById("passkey-options").textContent);

  // One that signs in alone is kept on the device itself and asks for a finger, a face or a PIN.
  const make = (form) => {
    const { creation_options: wanted } = options();
    const alone = form.elements.passwordless.checked;
    const kept = wanted.publicKey.authenticatorSelection;
    kept.residentKey = alone ? "required" : "discouraged";
    kept.requireResidentKey = alone;
    if (alone) kept.userVerification = "required";
    return webauthnJSON.create(wanted);
  };
  const show = () => webauthnJSON.get(options().request_options);
  const ask = async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return webauthnJSON.get((await answer.json()).request_options);
  };
  const ways = { make, show, ask };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const credential = await ways[form.dataset.passkey](form);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
})();
