"""The portal as one product: home per role, navigation, my obligations, search; owns no business model."""
